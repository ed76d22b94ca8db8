/** Bytes that stay in memory before they become a Blob, which the browser may keep on disk. */
const PART_BYTES = 16 * 1024 * 1024;

/** Bytes that come in pieces, of any length, as one Blob. */
export class BlobCollector {
  readonly #parts: Blob[] = [];
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #pending = 0;

  /** Copies the chunk. */
  add(chunk: Uint8Array): void {
    this.#chunks.push(new Uint8Array(chunk));
    this.#pending += chunk.length;
    if (this.#pending >= PART_BYTES) this.#flush();
  }

  /** Bytes of another Blob, not copied. */
  addBlob(blob: Blob): void {
    this.#flush();
    this.#parts.push(blob);
  }

  blob(): Blob {
    this.#flush();
    return new Blob(this.#parts);
  }

  #flush(): void {
    if (this.#chunks.length > 0) this.#parts.push(new Blob(this.#chunks));
    this.#chunks = [];
    this.#pending = 0;
  }
}
