import { concatBytes } from '../base/byte-source';
import { describeFormat, sniff } from '../codec/compression/sniff';
import { TarReader } from '../codec/tar/tar-reader';
import type { Xxh3 } from '../codec/hash/xxh3';
import type { Digest } from '../oci/digest';
import { LayerError } from './errors';
import { LayerIndexBuilder } from './index/layer-index-builder';

/** Bytes that tell a tar from what is none: one header. */
export const HEAD_BYTES = 512;
/** Milliseconds until the first index of what has been read so far. Each later one waits twice as long. */
const FIRST_SNAPSHOT_MS = 150;
/** How much longer than making an index took the next one has to wait, at least. */
const SNAPSHOT_REST = 10;
/** Bytes of a layer that take the store long enough to be looked at meanwhile. */
const LONG_STORING_BYTES = 1024 * 1024;

export interface LayerReaderOptions {
  readonly what: string;
  readonly hasher: Xxh3;
  readonly onPartialIndex?: ((index: ArrayBuffer) => void) | undefined;
}

/** Makes the index of a layer from its uncompressed bytes, as they come. */
export class LayerReader {
  readonly #builder: LayerIndexBuilder;
  readonly #reader: TarReader;
  readonly #options: LayerReaderOptions;
  /** The first bytes, until there are enough of them to tell what they are. */
  #head: Uint8Array[] | undefined = [];
  #headBytes = 0;
  #wait = FIRST_SNAPSHOT_MS;
  #nextSnapshot = performance.now() + FIRST_SNAPSHOT_MS;
  #shownRows = 0;

  constructor(options: LayerReaderOptions) {
    this.#options = options;
    this.#builder = new LayerIndexBuilder(options.hasher);
    this.#reader = new TarReader(this.#builder, { what: options.what });
  }

  /** Bytes so far. */
  get tarSize(): number {
    return this.#reader.position;
  }

  get unpackedSize(): number {
    return this.#builder.unpackedSize;
  }

  /** Throws `not-a-layer`, or what the tar has against it. */
  push(chunk: Uint8Array): void {
    if (this.#head) this.#checkHead(chunk);
    else this.#reader.push(chunk);
    if (this.#options.onPartialIndex && performance.now() >= this.#nextSnapshot) this.showPartial();
  }

  /** To be called when there are no more bytes. Throws as `push` does. */
  finish(): void {
    if (this.#head) this.#endHead(this.#head);
    this.#reader.finish();
    // Read too fast to be shown in between, it can be browsed while its bytes are still being stored.
    const isLong = this.tarSize >= LONG_STORING_BYTES;
    if (isLong && this.#shownRows === 0 && this.#options.onPartialIndex) this.showPartial();
  }

  index(diffId: Digest | undefined): ArrayBuffer {
    const { tarSize, unpackedSize } = this;
    return this.#builder.finish({ diffId, tarSize, unpackedSize });
  }

  /** Hands out the index of what has been read so far, if that is more than the last time. */
  showPartial(): void {
    const start = performance.now();
    if (this.#builder.rowCount > this.#shownRows) {
      this.#shownRows = this.#builder.rowCount;
      const { tarSize, unpackedSize } = this;
      const index = this.#builder.snapshot({ diffId: undefined, tarSize, unpackedSize });
      this.#options.onPartialIndex?.(index);
    }
    const end = performance.now();
    this.#wait = Math.max(this.#wait * 2, (end - start) * SNAPSHOT_REST);
    this.#nextSnapshot = end + this.#wait;
  }

  #checkHead(chunk: Uint8Array): void {
    const head = [...(this.#head ?? []), chunk];
    this.#headBytes += chunk.length;
    // Chunks are views that live as long as the call.
    if (this.#headBytes < HEAD_BYTES) this.#head = [concatBytes(head)];
    else this.#endHead(head);
  }

  #endHead(parts: readonly Uint8Array[]): void {
    this.#head = undefined;
    const head = parts.length === 1 && parts[0] ? parts[0] : concatBytes(parts);
    const format = sniff(head);
    if (format !== 'tar' && format !== 'empty') throw notALayer(this.#options.what, head);
    this.#reader.push(head);
  }
}

/** The error for bytes that are no tar, which says what they are. */
export function notALayer(what: string, head: Uint8Array): LayerError {
  const format = sniff(head);
  return new LayerError(
    'not-a-layer',
    `${what} is not a layer: it is ${describeFormat(format)}, not a tar archive.`,
    { detail: { what, format } },
  );
}
