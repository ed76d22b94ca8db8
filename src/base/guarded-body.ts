interface BodyGuard {
  /** A size that it may not pass; undefined where any is right. */
  readonly limit?: { readonly bytes: number; readonly tooLarge: () => Error };
  /** Before each read. */
  readonly onRead: () => void;
  /** After each read. */
  readonly onChunk: () => void;
  /** Called once: at the end, with what went wrong, or when the reader goes away. */
  readonly onEnd: (error?: unknown) => void;
  /** Ends the body in its reason, even where the stream behind it does not move. */
  readonly signal: AbortSignal;
}

/** A body that is read only as fast as it is taken, nothing of it kept, and that ends in an error past its size or when it is aborted. */
export function guardedBody(
  body: ReadableStream<Uint8Array>,
  guard: BodyGuard,
): ReadableStream<Uint8Array> {
  return new ReadableStream(new GuardedSource(body.getReader(), guard), { highWaterMark: 0 });
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

class GuardedSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #guard: BodyGuard;
  #total = 0;
  #ended = false;
  #onAbort: () => void = () => undefined;

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>, guard: BodyGuard) {
    this.#reader = reader;
    this.#guard = guard;
  }

  start(controller: Controller): void {
    const { signal } = this.#guard;
    this.#onAbort = () => this.#fail(controller, signal.reason);
    signal.addEventListener('abort', this.#onAbort);
  }

  async pull(controller: Controller): Promise<void> {
    const { limit, onRead, onChunk } = this.#guard;
    onRead();
    try {
      const { done, value } = await this.#reader.read();
      if (this.#ended) return;
      onChunk();
      if (done) {
        this.#end();
        controller.close();
        return;
      }
      this.#total += value.length;
      if (limit && this.#total > limit.bytes) throw limit.tooLarge();
      controller.enqueue(value);
    } catch (error) {
      this.#fail(controller, error);
    }
  }

  cancel(reason?: unknown): void {
    this.#end(reason ?? new Error('The reader went away.'));
  }

  #fail(controller: Controller, error: unknown): void {
    if (this.#ended) return;
    controller.error(error);
    this.#end(error);
  }

  #end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#guard.signal.removeEventListener('abort', this.#onAbort);
    if (error !== undefined) void this.#reader.cancel(error).catch(() => undefined);
    this.#guard.onEnd(error);
  }
}
