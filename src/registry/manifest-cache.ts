import { sha256Digest } from '../codec/hash/sha256';
import type { Digest } from '../oci/digest';

const MAX_BYTES = 16 * 1024 * 1024;

/** Manifests under their digests, which never change: those that were asked for last, for the session. */
export class ManifestCache {
  readonly #manifests = new Map<Digest, Uint8Array<ArrayBuffer>>();
  #bytes = 0;

  get(digest: Digest): Uint8Array<ArrayBuffer> | undefined {
    const found = this.#manifests.get(digest);
    if (!found) return undefined;
    // Goes to the end: those in front are dropped first.
    this.#manifests.delete(digest);
    this.#manifests.set(digest, found);
    return found;
  }

  /** Keeps bytes under the digest that they have, and answers with it. */
  async put(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
    const digest = await sha256Digest(bytes);
    if (this.#manifests.has(digest)) return digest;
    this.#manifests.set(digest, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, { length }] of this.#manifests) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#manifests.delete(oldest);
      this.#bytes -= length;
    }
    return digest;
  }
}
