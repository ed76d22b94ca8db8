import { toHex } from '../../base/bytes';
import { digestOfHex, type Digest } from '../../oci/digest';
import type { StreamHash } from './stream-hash';
import { createWasmSha256 } from './wasm-sha256';

export type { StreamHash };

/** SHA-256 over bytes that come in pieces, which `crypto.subtle` cannot do. */
export function createSha256(): Promise<StreamHash> {
  return createWasmSha256();
}

/** The digest of bytes that are in memory anyway: manifests, configurations. */
export async function sha256Digest(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
  const sum = await crypto.subtle.digest('SHA-256', bytes);
  return digestOfHex(toHex(new Uint8Array(sum)));
}
