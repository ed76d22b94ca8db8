import type { ByteSource } from '../../base/byte-source';
import type { AbortOptions } from '../../base/task';

/** Bytes handed to a decoder at once. It bounds what one step of a decoder can put out, and how coarse `consumed` is. */
const PIECE_BYTES = 64 * 1024;

export interface DecoderInputOptions extends AbortOptions {
  /** Gets each chunk once and in order, before any of it is decoded. */
  readonly visitInput?: ((chunk: Uint8Array) => void) | undefined;
}

/** The compressed bytes of a source, piece by piece, for one decoder at a time. */
export class DecoderInput {
  readonly #source: ByteSource;
  readonly #options: DecoderInputOptions;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** What has been read and not yet handed out. */
  #rest: Uint8Array = new Uint8Array();
  /** What was handed out during a look, and is to be handed out again. */
  #again: Uint8Array[] = [];
  #looked: Uint8Array[] | undefined;
  #offset = 0;
  #consumed = 0;
  #read = 0;
  #visited = 0;

  constructor(source: ByteSource, options: DecoderInputOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Offset of the next byte: what has been handed out, bytes. */
  get offset(): number {
    return this.#offset;
  }

  /** The furthest offset there was. */
  get consumed(): number {
    return this.#consumed;
  }

  /** The next bytes, undefined at the end. Rejects as the source does, or with the signal's reason. */
  async next(maxBytes = PIECE_BYTES): Promise<Uint8Array | undefined> {
    this.#options.signal?.throwIfAborted();
    const piece = this.#again.shift() ?? (await this.#readPiece(maxBytes));
    if (!piece) return undefined;
    this.#offset += piece.length;
    this.#consumed = Math.max(this.#consumed, this.#offset);
    this.#looked?.push(piece);
    return piece;
  }

  /** Hands out to `look` what it asks for, and goes back to the first byte. Only before anything else was handed out. */
  async peek<T>(look: () => Promise<T>): Promise<T> {
    const looked: Uint8Array[] = [];
    this.#looked = looked;
    try {
      return await look();
    } finally {
      this.#looked = undefined;
      this.#again = looked;
      this.#offset = 0;
    }
  }

  /** Opens the source again and goes back to its first byte. What has been visited is not visited again. */
  async restart(): Promise<void> {
    await this.cancel(undefined);
    this.#reader = undefined;
    this.#rest = new Uint8Array();
    this.#again = [];
    this.#offset = 0;
    this.#read = 0;
  }

  async cancel(reason: unknown): Promise<void> {
    await this.#reader?.cancel(reason).catch(() => undefined);
  }

  async #readPiece(maxBytes: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const chunk = await this.#readChunk();
      if (!chunk) return undefined;
      this.#rest = chunk;
    }
    const piece = this.#rest.subarray(0, maxBytes);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async #readChunk(): Promise<Uint8Array | undefined> {
    const { signal, visitInput } = this.#options;
    this.#reader ??= this.#source.open(undefined, { signal }).getReader();
    const { done, value } = await this.#reader.read();
    signal?.throwIfAborted();
    if (done) return undefined;
    const seen = Math.min(value.length, this.#visited - this.#read);
    this.#read += value.length;
    this.#visited += value.length - seen;
    if (seen < value.length) visitInput?.(value.subarray(seen));
    return value;
  }
}
