import type { JsonValue } from '../../base/errors';
import { humanDuration } from '../../base/human-duration';
import { isArray, isObject } from '../../oci/json';
import { RegistryError, type RegistryErrorCode } from '../errors';
import { rateLimitOf, retryAfterSeconds, type RateLimit } from './rate-limit';
import { readText } from './reply-body';

/** Bytes of an error's body that are read. */
const BODY_BYTES = 64 * 1024;
/** Characters of a foreign sentence that are shown. */
const SHOWN = 500;

/**
 * The error that a reply with a failure's status stands for. `detail.text` is the registry's own words as docker prints them
 * (`manifest unknown: manifest unknown`), `detail.status` the HTTP status.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
export async function refusal(response: Response, host: string): Promise<RegistryError> {
  const { status, headers } = response;
  const text = await refusalText(response);
  const retryAfter = retryAfterSeconds(headers);
  const detail = { host, status, text, ...(retryAfter === undefined ? {} : { retryAfter }) };
  if (status === 429) {
    const limit = rateLimitOf(headers);
    return new RegistryError('rate-limited', rateLimitSentence(host, limit, text), {
      detail: { ...detail, ...limit },
    });
  }
  const words = saidOnce(text);
  return new RegistryError(codeOf(status), `The registry ${host} refused: ${words}.`, { detail });
}

/** Docker prints code and message, and many registries have the same words in both. */
function saidOnce(text: string): string {
  const [code, message] = text.split(': ', 2);
  return message !== undefined && text === `${code}: ${code}` ? message : text;
}

/** The registry's own words in a refusal, as docker prints them. */
export async function refusalText(response: Response): Promise<string> {
  return errorText(await readText(response, BODY_BYTES), response.status);
}

function codeOf(status: number): RegistryErrorCode {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'denied';
    case 404:
      return 'not-found';
    default:
      return status >= 500 ? 'registry-failed' : 'registry-refused';
  }
}

/** What distribution's client makes of an error's body, which is what docker prints. */
function errorText(body: string, status: number): string {
  const errors = parseErrors(body).map(({ code, message }) => {
    const words = code.toLowerCase().replaceAll('_', ' ') || 'unknown';
    return message === '' ? `${words}: ${words}` : `${words}: ${message}`;
  });
  const [first, ...others] = errors;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined)
    return `errors:\n${errors.map((each) => `${each}\n`).join('')}`.trimEnd();
  return detailsText(body, status) ?? WORDLESS.get(status) ?? `HTTP status ${status}`;
}

/** What distribution's client says where the registry says nothing. */
const WORDLESS: ReadonlyMap<number, string> = new Map([
  [401, 'unauthorized: authentication required'],
]);

function parseErrors(body: string): readonly { code: string; message: string }[] {
  const json = tryJson(body);
  const list = isObject(json) ? json['errors'] : undefined;
  if (!isArray(list)) return [];
  return list
    .slice(0, 20)
    .filter(isObject)
    .map((error) => ({
      code: shown(error['code']),
      message: shown(error['message']),
    }));
}

/** Docker Hub's token server says `{"details": "incorrect username or password"}`. */
function detailsText(body: string, status: number): string | undefined {
  const json = tryJson(body);
  const details = isObject(json) ? shown(json['details']) : '';
  if (details === '') return undefined;
  const code = status === 401 ? 'unauthorized' : status === 429 ? 'toomanyrequests' : 'unknown';
  return `${code}: ${details}`;
}

function shown(value: JsonValue | undefined): string {
  return typeof value === 'string' ? oneLine(value).slice(0, SHOWN) : '';
}

/** A terminal would obey control characters, a log would be led astray by a line feed, a reader by text that runs backwards. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what is taken out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim();
}

function tryJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function rateLimitSentence(
  host: string,
  { limit, windowSeconds, retryAfter }: RateLimit,
  text: string,
): string {
  const allowed = limit === null ? '' : ` of ${limit} requests`;
  const window = windowSeconds === null ? '' : ` in ${humanDuration(windowSeconds * 1000)}`;
  const end = retryAfter === null ? '' : `; it ends in ${humanDuration(retryAfter * 1000)}`;
  return `The limit${allowed}${window} of ${host} is used up${end} (${text}).`;
}
