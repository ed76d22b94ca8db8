/**
 * A stream of what a generator yields, one value for each that is asked for. `onCancel` is called before the generator is ended: it frees a
 * generator that waits for something.
 */
export function generatedStream(
  chunks: AsyncGenerator<Uint8Array, void>,
  onCancel: (reason: unknown) => Promise<void>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        await onCancel(reason);
        await chunks.return();
      },
    },
    { highWaterMark: 0 },
  );
}
