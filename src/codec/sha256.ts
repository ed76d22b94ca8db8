import { toHex } from '../base/bytes';
import { digestOfHex, type Digest } from '../oci/digest';

/** A sum over a stream. Not usable after `hex`. */
export interface StreamHash {
  update(chunk: Uint8Array): void;
  /** The sum in lower case hex digits. */
  hex(): string;
}

/** SHA-256 over bytes that come in pieces, which `crypto.subtle` cannot do. */
export async function createSha256(): Promise<StreamHash> {
  const { createSHA256 } = await import('hash-wasm');
  const hasher = await createSHA256();
  hasher.init();
  return {
    update: (chunk) => void hasher.update(chunk),
    hex: () => hasher.digest('hex'),
  };
}

/** The digest of bytes that are in memory anyway: manifests, configurations. */
export async function sha256Digest(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
  const sum = await crypto.subtle.digest('SHA-256', bytes);
  return digestOfHex(toHex(new Uint8Array(sum)));
}
