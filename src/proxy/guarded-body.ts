import { Refusal } from './refusal';

interface BodyGuard {
  /** Bytes. */
  readonly maxBytes: number;
  /** Milliseconds that one read may take; Infinity for the page's own body, whose pace is the user's. */
  readonly idleMs: number;
  /** Called once: at the end, at an error, or when the reader goes away. */
  readonly onEnd: () => void;
}

/** A body that is read only as fast as it is taken, and that ends in an error past its size or when it stands still. */
export function guardedBody(
  body: ReadableStream<Uint8Array>,
  { maxBytes, idleMs, onEnd }: BodyGuard,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let total = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await within(idleMs, reader.read());
          if (done) {
            onEnd();
            controller.close();
            return;
          }
          total += value.length;
          if (total > maxBytes)
            throw new Refusal(413, `The body is larger than ${maxBytes} bytes.`);
          controller.enqueue(value);
        } catch (error) {
          onEnd();
          controller.error(error);
          await reader.cancel(error).catch(() => undefined);
        }
      },
      async cancel(reason) {
        onEnd();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The promise's outcome, or a Refusal after that many milliseconds. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  if (milliseconds === Infinity) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Refusal(504, `The registry sent nothing for ${milliseconds / 1000} s.`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
