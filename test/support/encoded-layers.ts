/** Bytes that look like a layer's: text that repeats, and noise that does not. The same wherever they are made. */
export function layerLikeBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = 0x2545f491;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = (i >> 12) % 3 === 0 ? state >>> 24 : 0x61 + (((i * i) >> 7) % 26);
  }
  return bytes;
}

/** SHA-256 of what the encoders make of 9,000,000 such bytes: on every machine, in every browser, with every version of the libraries. */
export const ENCODED_BYTES = 9_000_000;
export const ENCODED_DIGESTS = {
  gzip: 'sha256:e87de2cb097a622dfc8a8dae58642391c7ad864d17c08847bc500bc07918d225',
  zstd: 'sha256:beea8ae96c492965932c3f81e37853a4bceaf97a233452a6d0afefaad5266c02',
} as const;
