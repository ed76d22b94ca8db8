import type { MatchReply, MatchRequest } from './protocol';

/** How long one batch may take: a sane expression needs some milliseconds. */
const PATIENCE_MS = 1500;

/** Matches paths against a regular expression in a worker of its own, which is ended when it does not answer. */
export class RegexMatcher {
  readonly #create: () => Worker;
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(create = createWorker) {
    this.#create = create;
  }

  /**
   * 1 for every path that matches; undefined where the expression took too long. Rejects with the signal's reason when it aborts. One
   * batch at a time.
   */
  async match(
    batch: Omit<MatchRequest, 'id'>,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    const worker = (this.#worker ??= this.#create());
    const id = ++this.#lastId;
    const done = new AbortController();
    const answer = new Promise<Uint8Array | undefined>((resolve, reject) => {
      const once = { once: true, signal: done.signal };
      signal.addEventListener('abort', () => reject(reasonOf(signal)), once);
      worker.addEventListener(
        'message',
        ({ data }: MessageEvent<MatchReply>) => {
          if (data.id === id) resolve(data.matches);
        },
        { signal: done.signal },
      );
      worker.addEventListener('error', ({ message }) => reject(new Error(message)), once);
      const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
      done.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    worker.postMessage({ id, ...batch } satisfies MatchRequest);
    try {
      const matches = await answer;
      if (!matches) this.close();
      return matches;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      done.abort();
    }
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function createWorker(): Worker {
  return new Worker(new URL('./match.worker.ts', import.meta.url), { type: 'module' });
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new DOMException('Cancelled.', 'AbortError');
}
