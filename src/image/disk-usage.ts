import { summaryOf, type ListedImage } from './image-list';
import type { PlatformSummary } from './image-summary';

/** What images take of a disk, as docker counts it: bytes of file content, a layer that lies on the same others counted once. */
export interface DiskUsage {
  /** Of all layers. */
  readonly total: number;
  /** In the order of the images that were asked about. */
  readonly images: readonly { readonly image: ListedImage; readonly shared: number }[];
}

/**
 * What `shown` share with each other, and what `all` of them take, those that are shown among them.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/images.go (withExtraAttrs)
 */
export function diskUsage(shown: readonly ListedImage[], all: readonly ListedImage[]): DiskUsage {
  const chains = new Chains();
  const uses = new Map<number, number>();
  for (const image of shown) {
    for (const { chain } of chains.of(image.shown)) uses.set(chain, (uses.get(chain) ?? 0) + 1);
  }
  const sizes = new Map<number, number>();
  for (const platform of all.flatMap(({ roots }) => roots.flatMap((r) => summaryOf(r).platforms))) {
    for (const { chain, size } of chains.of(platform)) sizes.set(chain, size);
  }
  return {
    total: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    images: shown.map((image) => ({
      image,
      shared: chains
        .of(image.shown)
        .filter(({ chain }) => (uses.get(chain) ?? 0) > 1)
        .reduce((sum, { size }) => sum + size, 0),
    })),
  };
}

/** Numbers layers by what they are and all that they lie on. */
class Chains {
  readonly #numbers = new Map<string, number>();

  of({ layers }: PlatformSummary): readonly { readonly chain: number; readonly size: number }[] {
    let below = -1;
    return layers.map(({ diffId, unpackedSize }) => {
      const key = `${below} ${diffId}`;
      const chain = this.#numbers.get(key) ?? this.#numbers.size;
      this.#numbers.set(key, chain);
      below = chain;
      return { chain, size: unpackedSize };
    });
  }
}
