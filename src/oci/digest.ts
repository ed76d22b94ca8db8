import { OciError } from './errors';

declare const digestBrand: unique symbol;

/**
 * `sha256:` and 64 lower case hex digits, checked. Made only by `parseDigest` or by hashing.
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export type Digest = string & { readonly [digestBrand]: true };

const SHA256 = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && SHA256.test(text);
}

/** Throws `bad-digest`. Only sha256 is accepted: no registry or engine in use makes another. */
export function parseDigest(text: unknown): Digest {
  if (isDigest(text)) return text;
  const shown = String(text).slice(0, 100);
  throw new OciError('bad-digest', `"${shown}" is not a sha256 digest.`, {
    detail: { digest: shown },
  });
}

/** The digest of a SHA-256 sum given as 64 hex digits. Throws `bad-digest`. */
export function digestOfHex(hex: string): Digest {
  return parseDigest(`sha256:${hex}`);
}

/** The 64 hex digits. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** The first 12 hex digits, as docker shows an ID. */
export function shortDigest(digest: Digest): string {
  return digestHex(digest).slice(0, 12);
}
