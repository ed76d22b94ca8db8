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
  { limit, onRead, onChunk, onEnd, signal }: BodyGuard,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let total = 0;
  let ended = false;
  const end = (error?: unknown): void => {
    if (ended) return;
    ended = true;
    signal.removeEventListener('abort', onAbort);
    if (error !== undefined) void reader.cancel(error).catch(() => undefined);
    onEnd(error);
  };
  let fail: (error: unknown) => void = () => undefined;
  const onAbort = (): void => fail(signal.reason);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        fail = (error) => {
          if (ended) return;
          controller.error(error);
          end(error);
        };
        signal.addEventListener('abort', onAbort);
      },
      async pull(controller) {
        onRead();
        try {
          const { done, value } = await reader.read();
          if (ended) return;
          onChunk();
          if (done) {
            end();
            controller.close();
            return;
          }
          total += value.length;
          if (limit && total > limit.bytes) throw limit.tooLarge();
          controller.enqueue(value);
        } catch (error) {
          fail(error);
        }
      },
      cancel(reason) {
        end(reason ?? new Error('The reader went away.'));
      },
    },
    { highWaterMark: 0 },
  );
}
