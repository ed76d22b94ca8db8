import { anySignal } from '../../base/any-signal';
import { guardedBody } from '../../base/guarded-body';
import { IdleWatch } from '../../base/idle-watch';
import { RegistryError } from '../errors';
import type { Fetch } from './transport';

/** Milliseconds without a byte after which a server counts as silent. */
export const IDLE_MS = 60_000;
/** What an answer with another status is taken for. https://www.rfc-editor.org/rfc/rfc9110#section-15-6 */
const HIGHEST_STATUS = 599;
/** Answers that have no body, and may be made with none. Chromium gives them one all the same. https://fetch.spec.whatwg.org/#null-body-status */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

export interface IdleLimits {
  /** Who is asked. */
  readonly host: string;
  /** Milliseconds until there is an answer. */
  readonly answerMs: number;
  /** Milliseconds between two pieces of its body. */
  readonly idleMs: number;
}

interface Sending {
  readonly url: string;
  readonly init: RequestInit;
}

/**
 * A request that ends with `no-answer` where its answer does not come in time; the answer's body ends so, too, where it stands still. The time
 * that a reader takes does not count.
 */
export async function fetchWithin(
  fetch: Fetch,
  { url, init }: Sending,
  { host, answerMs, idleMs }: IdleLimits,
): Promise<Response> {
  const ended = new AbortController();
  const signal = anySignal(ended.signal, init.signal);
  const watch = (milliseconds: number): IdleWatch =>
    new IdleWatch(milliseconds, () => ended.abort(noAnswer(host, milliseconds)));
  const answer = watch(answerMs);
  answer.wait();
  try {
    const response = await fetch(url, { ...init, signal });
    return watchedBody(response, watch(idleMs), signal);
  } catch (error) {
    // A browser may tell that it was ended, and not by what.
    ended.signal.throwIfAborted();
    throw error;
  } finally {
    answer.end();
  }
}

function watchedBody(response: Response, watch: IdleWatch, signal: AbortSignal): Response {
  if (!response.body || NO_BODY.has(response.status)) return response;
  const body = guardedBody(response.body, {
    onRead: () => watch.wait(),
    onChunk: () => watch.rest(),
    onEnd: () => watch.end(),
    signal,
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status: Math.min(status, HIGHEST_STATUS), statusText, headers });
}

function noAnswer(host: string, milliseconds: number): RegistryError {
  const seconds = milliseconds / 1000;
  return new RegistryError(
    'no-answer',
    `${host} has sent nothing for ${seconds} s. Check the network and the server, then try again.`,
    { detail: { host, seconds } },
  );
}
