import { humanDuration } from '../../base/human-duration';
import { RegistryError, type RegistryErrorCode } from '../errors';
import { dockerWords, type RefusingReply } from './docker-words';
import { detailsIn, toldErrors } from './error-body';
import { rateLimitOf, retryAfterSeconds, type RateLimit } from './rate-limit';
import { readText } from './reply-body';

/** Bytes of an error's body that are read. */
const BODY_BYTES = 64 * 1024;

/**
 * The error that a reply with a failure's status stands for. `detail.text` is what docker prints of it, `detail.status` the HTTP status.
 * Of a limit that is passed, docker's words are left out where the registry has none: the error's sentence says more.
 */
export async function refusal(response: Response, host: string): Promise<RegistryError> {
  const { headers } = response;
  const reply = await readRefusal(response);
  const { status } = reply;
  const words = sentenceIn(reply);
  const retryAfter = retryAfterSeconds(headers);
  const told = { host, status, ...(retryAfter === undefined ? {} : { retryAfter }) };
  const detail = { ...told, text: dockerWords(reply) };
  if (status === 429) {
    const limit = rateLimitOf(headers);
    return new RegistryError('rate-limited', rateLimitSentence(host, limit, words), {
      detail: { ...(isExplained(reply) ? detail : told), ...limit },
    });
  }
  return new RegistryError(codeOf(status), `The registry ${host} refused: ${words}.`, { detail });
}

/** What docker prints of a refusal. */
export async function refusalText(response: Response): Promise<string> {
  return dockerWords(await readRefusal(response));
}

async function readRefusal(response: Response): Promise<RefusingReply> {
  const { status, statusText } = response;
  return { status, statusText, body: await readText(response, BODY_BYTES) };
}

function isExplained({ body, status }: RefusingReply): boolean {
  return toldErrors(body).length > 0 || detailsIn(body, status) !== undefined;
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

/** What a person is told: the registry's own code and sentence, said once where they are the same. */
function sentenceIn({ body, status }: RefusingReply): string {
  const errors = toldErrors(body).map(({ code, message }) => {
    const words = code.toLowerCase().replaceAll('_', ' ') || 'unknown';
    return message === '' || message === words ? words : `${words}: ${message}`;
  });
  return errors.length > 0
    ? errors.join('; ')
    : (detailsIn(body, status) ?? WORDLESS.get(status) ?? `HTTP status ${status}`);
}

/** What is said where the registry says nothing. */
const WORDLESS: ReadonlyMap<number, string> = new Map([
  [401, 'unauthorized: authentication required'],
]);

function rateLimitSentence(
  host: string,
  { limit, windowSeconds, retryAfter }: RateLimit,
  text: string,
): string {
  const allowed = limit === null ? '' : ` of ${limit} requests`;
  const window = windowSeconds === null ? '' : ` in ${duration(windowSeconds)}`;
  const end = retryAfter === null ? '' : `; it ends in ${duration(retryAfter)}`;
  return `The limit${allowed}${window} of ${host} is used up${end} (${text}).`;
}

/** As docker prints it, for the middle of a sentence: `about an hour`. */
function duration(seconds: number): string {
  const text = humanDuration(seconds * 1000);
  return text.charAt(0).toLowerCase() + text.slice(1);
}
