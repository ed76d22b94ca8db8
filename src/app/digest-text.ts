import type { Digest } from '../oci/digest';

/** Twelve hex digits, as in tables. */
export function shortId(digest: Digest): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

/** Beginning and end of a digest's hex, where there is room for more than twelve digits but not for all. */
export function cutDigest(digest: Digest): string {
  return `${shortId(digest)}…${digest.slice(-8)}`;
}
