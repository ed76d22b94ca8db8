/** XXH3, 64 bits, seed 0: for telling whether contents are the same, never for trust. One hasher serves any number of contents. */
export interface Xxh3 {
  /** Begins a new content. */
  init(): void;
  update(chunk: Uint8Array): void;
  /** The sum of what came since `init`: 8 bytes, most significant first. */
  digest(): Uint8Array;
}

export async function createXxh3(): Promise<Xxh3> {
  const { createXXHash3 } = await import('hash-wasm');
  const hasher = await createXXHash3();
  return {
    init: () => void hasher.init(),
    update: (chunk) => void hasher.update(chunk),
    digest: () => hasher.digest('binary'),
  };
}
