import type { JsonValue } from '../../base/errors';
import { isArray, isObject } from '../../oci/json';

/** Errors of one reply that are looked at. */
const MOST = 20;
/** Characters of a foreign sentence that are shown. */
const SHOWN = 500;

/** One error of a registry's list. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly hasDetail: boolean;
}

/** The errors that a reply's body lists; none where it is no such list. */
export function toldErrors(body: string): readonly ToldError[] {
  const json = parseBody(body);
  const list = isObject(json) ? json['errors'] : undefined;
  if (!isArray(list)) return [];
  return list
    .slice(0, MOST)
    .filter(isObject)
    .map((error) => ({
      code: shown(error['code']),
      message: shown(error['message']),
      hasDetail: (error['detail'] ?? null) !== null,
    }));
}

/** Docker Hub's token server says `{"details": "incorrect username or password"}`. */
export function detailsIn(body: string, status: number): string | undefined {
  const json = parseBody(body);
  const details = isObject(json) ? shown(json['details']) : '';
  if (details === '') return undefined;
  const code = status === 401 ? 'unauthorized' : status === 429 ? 'toomanyrequests' : 'unknown';
  return `${code}: ${details}`;
}

/** Undefined for what is no JSON. */
export function parseBody(body: string): JsonValue | undefined {
  try {
    return JSON.parse(body) as JsonValue;
  } catch {
    return undefined;
  }
}

function shown(value: JsonValue | undefined): string {
  return typeof value === 'string' ? oneLine(value).slice(0, SHOWN) : '';
}

/** A terminal would obey control characters, a log would be led astray by a line feed, a reader by text that runs backwards. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what is taken out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim();
}
