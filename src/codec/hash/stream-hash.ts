/** A sum over a stream. Not usable after `hex`. */
export interface StreamHash {
  update(chunk: Uint8Array): void;
  /** The sum in lower case hex digits. */
  hex(): string;
}
