import type { DecoderInput } from './decoder-input';

/** How a decoding ended. `failed` says nothing of why: browsers differ, and some fail at a second member. */
export type NativeOutcome = 'running' | 'complete' | 'truncated' | 'failed';

/** Larger pieces are faster, but what one of them unpacks to is held at once: at most 1032 times as much. */
const PIECE_BYTES = 128 * 1024;
/** Of a stream that unpacks to this many times its size, little is held, and it is known well how much was consumed for what came out. */
const SUSPECT_RATIO = 500;
const SUSPECT_PIECE_BYTES = 8 * 1024;

/** One run of the platform's gzip decoder over an input. */
export class NativeGunzip {
  readonly #input: DecoderInput;
  #outcome: NativeOutcome = 'running';
  #error: unknown;
  #inputFailed = false;
  #inputEnded = false;
  #unpacked = 0;

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
        this.#unpacked += value.length;
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

  #pieceBytes(): number {
    const isSuspect = this.#unpacked > this.#input.offset * SUSPECT_RATIO;
    return isSuspect ? SUSPECT_PIECE_BYTES : PIECE_BYTES;
  }

  async #feed(writer: WritableStreamDefaultWriter<BufferSource>): Promise<void> {
    for (;;) {
      const piece = await this.#input.next(this.#pieceBytes()).catch(async (error: unknown) => {
        this.#inputFailed = true;
        await writer.abort(error);
        throw error;
      });
      if (!piece) break;
      await writer.write(isUnshared(piece) ? piece : piece.slice());
    }
    this.#inputEnded = true;
    await writer.close();
  }
}

/** Streams take no memory that another thread could change meanwhile. No source has any, but its type does not say so. */
function isUnshared(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}

/** Node's decoder works behind its stream, and may complain of a byte only when the stream is closed. */
function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'Z_DATA_ERROR';
}
