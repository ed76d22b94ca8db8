import { guardedBody } from '../base/guarded-body';
import { IdleWatch } from '../base/idle-watch';
import type { ProxyLimits, UpstreamAnswer } from './options';
import { Refusal } from './refusal';

/** One request on its way to a registry and back: what it may take, in bytes and time, and how it ends. */
export class Transfer {
  readonly #aborting = new AbortController();
  readonly #watch: IdleWatch;
  readonly #bodyLimit: { readonly bytes: number; readonly tooLarge: () => Error };
  readonly #onEnd: () => void;
  #ended = false;

  /** `onEnd` is called once, when nothing of the request is under way any more. */
  constructor(
    request: { readonly signal: AbortSignal; readonly uploads: boolean },
    limits: ProxyLimits,
    onEnd: () => void,
  ) {
    const bytes = limits.bodyBytes;
    this.#bodyLimit = { bytes, tooLarge: () => tooLarge(bytes) };
    this.#onEnd = onEnd;
    const idleMs = request.uploads ? limits.uploadIdleMs : limits.idleMs;
    this.#watch = new IdleWatch(idleMs, () => this.#aborting.abort(stoodStill(idleMs)));
    const leave = (): void => this.#aborting.abort(request.signal.reason);
    if (request.signal.aborted) leave();
    else request.signal.addEventListener('abort', leave, { once: true });
  }

  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  /** The page's body, read as fast as the registry takes it. */
  upload(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    return guardedBody(body, {
      limit: this.#bodyLimit,
      onRead: () => undefined,
      onChunk: () => this.#watch.wait(),
      // The registry need not notice that its upload has failed.
      onEnd: (error) => {
        if (error !== undefined) this.#aborting.abort(error);
      },
      signal: this.signal,
    });
  }

  /** The promise's outcome; or why it was ended: nothing came, the page left, its upload was too large. */
  async answer(sending: Promise<UpstreamAnswer>): Promise<UpstreamAnswer> {
    this.#watch.wait();
    sending.catch(() => undefined);
    const { signal } = this;
    let abort = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      // The reason is an error: a Refusal, or what the runtime says of a page that left.
      abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
    try {
      return await Promise.race([sending, aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
      this.#watch.rest();
    }
  }

  /** The registry's body, read as fast as the page takes it. */
  download(body: ReadableStream<Uint8Array> | null): ReadableStream<Uint8Array> | null {
    if (!body) {
      this.end();
      return null;
    }
    return guardedBody(body, {
      limit: this.#bodyLimit,
      onRead: () => this.#watch.wait(),
      onChunk: () => this.#watch.rest(),
      onEnd: (error) => this.end(error),
      signal: this.signal,
    });
  }

  /** Lets go of everything; with an error, of the connection too. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watch.end();
    if (error !== undefined) this.#aborting.abort(error);
    this.#onEnd();
  }
}

function stoodStill(milliseconds: number): Refusal {
  return new Refusal(504, `The registry sent nothing for ${milliseconds / 1000} s.`);
}

function tooLarge(bytes: number): Refusal {
  return new Refusal(413, `The body is larger than ${bytes} bytes.`);
}
