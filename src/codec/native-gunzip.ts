import type { DecoderInput } from './decoder-input';

/** How a decoding ended. `failed` says nothing of why: browsers differ, and some fail at a second member. */
export type NativeOutcome = 'running' | 'complete' | 'truncated' | 'failed';

/** One run of the platform's gzip decoder over an input. */
export class NativeGunzip {
  readonly #input: DecoderInput;
  #outcome: NativeOutcome = 'running';
  #error: unknown;
  #inputFailed = false;
  #inputEnded = false;

  constructor(input: DecoderInput) {
    this.#input = input;
  }

  get outcome(): NativeOutcome {
    return this.#outcome;
  }

  /** What the platform said, where it did not complete. */
  get error(): unknown {
    return this.#error;
  }

  /** Yields what is unpacked, and sets `outcome` where that ends. Throws what the input throws. */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    const { readable, writable } = new DecompressionStream('gzip');
    const reader = readable.getReader();
    const writer = writable.getWriter();
    // Its failure is the reader's too.
    const feeding = this.#feed(writer).catch(() => undefined);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        yield value;
      }
      this.#outcome = 'complete';
    } catch (error) {
      if (this.#inputFailed) throw error;
      this.#error = error;
      // The decoder has taken every byte without complaint, and misses some.
      this.#outcome = this.#inputEnded && !isDataError(error) ? 'truncated' : 'failed';
    } finally {
      await Promise.all([reader.cancel().catch(() => undefined), feeding]);
    }
  }

  async #feed(writer: WritableStreamDefaultWriter<BufferSource>): Promise<void> {
    for (;;) {
      const piece = await this.#input.next().catch(async (error: unknown) => {
        this.#inputFailed = true;
        await writer.abort(error);
        throw error;
      });
      if (!piece) break;
      await writer.write(piece.slice());
    }
    this.#inputEnded = true;
    await writer.close();
  }
}

/** Node's decoder works behind its stream, and may complain of a byte only when the stream is closed. */
function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'Z_DATA_ERROR';
}
