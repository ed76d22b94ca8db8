import { concatBytes } from '../../base/byte-source';
import type { BlobInfo, ExpectedBlob } from '../content-store';
import type { LayerIndexBytes } from '../index-store';
import type { PendingBlob } from './pending-blob';
import type { Part } from './schema';

/** Bytes below which a part is an ArrayBuffer: read with its row, no file behind it. */
export const INLINE_BYTES = 64 * 1024;

/** Bytes of a stream that are gathered for one Blob: the larger, the faster; the smaller, the less is lost and held in memory. */
const GATHERED_BYTES = 8 * 1024 * 1024;
/** Bytes of the first part of what can be gone on with; each later one is twice as large. So no more is lost with its tab than came before. */
const FIRST_KEYED_BYTES = 1024 * 1024;

/** Gathers the chunks of a stream into parts; one part is stored while the next is gathered. */
export class PartWriter {
  readonly #blob: PendingBlob;
  /** Bytes of the part that is being gathered. */
  #partBytes: number;
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #gathered = 0;
  #storing: Promise<void> = Promise.resolve();

  constructor(blob: PendingBlob, { isKeyed = false } = {}) {
    this.#blob = blob;
    this.#partBytes = blob.list.chunkBytes ?? (isKeyed ? FIRST_KEYED_BYTES : GATHERED_BYTES);
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const taken = Math.min(this.#partBytes - this.#gathered, chunk.length - at);
      this.#chunks.push(new Uint8Array(chunk.subarray(at, at + taken)));
      this.#gathered += taken;
      at += taken;
      if (this.#gathered === this.#partBytes) await this.#store();
    }
  }

  async commit(expected: ExpectedBlob, index?: LayerIndexBytes): Promise<BlobInfo> {
    try {
      await this.#storing;
    } catch (error) {
      await this.#blob.drop().catch(() => undefined);
      throw error;
    }
    return this.#blob.commit(expected, { last: this.#takePart(), index });
  }

  /** What is not stored yet, once all before it is. */
  async gathered(): Promise<Blob> {
    await this.#storing;
    return new Blob(this.#chunks);
  }

  /** Stores what is left. */
  async finish(): Promise<void> {
    await this.#store();
    await this.#storing;
  }

  /** Keeps what was written for later; of parts of a fixed size, the whole ones. */
  async suspend(): Promise<void> {
    if (this.#blob.list.chunkBytes === null) await this.#store();
    await this.#storing;
    this.#blob.letGo();
  }

  async drop(): Promise<void> {
    await this.#storing.catch(() => undefined);
    await this.#blob.drop();
  }

  /** Waits for the part before, and begins to store the next. */
  async #store(): Promise<void> {
    await this.#storing;
    const part = this.#takePart();
    if (!part) return;
    this.#storing = this.#blob.append(part);
    // Whoever writes, commits or drops next meets the error.
    this.#storing.catch(() => undefined);
  }

  #takePart(): Part | undefined {
    if (this.#gathered === 0) return undefined;
    const asBuffer = this.#blob.list.chunkBytes !== null || this.#isSmall();
    const part = asBuffer ? concatBytes(this.#chunks).buffer : new Blob(this.#chunks);
    this.#chunks = [];
    this.#gathered = 0;
    if (this.#blob.list.chunkBytes === null) {
      this.#partBytes = Math.min(this.#partBytes * 2, GATHERED_BYTES);
    }
    return part;
  }

  #isSmall(): boolean {
    return this.#blob.list.size === 0 && this.#gathered <= INLINE_BYTES;
  }
}
