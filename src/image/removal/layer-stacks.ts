import type { Digest } from '../../oci/digest';
import type { PlatformSummary } from '../image-summary';

/** A layer on those below it, and how many platforms stand on it. */
interface Stacked {
  count: number;
  readonly above: Map<Digest, Stacked>;
}

/** The layers of many platforms, so that what they share is found without a look at each of them. */
export class LayerStacks {
  readonly #base: Stacked = { count: 0, above: new Map() };
  readonly #platforms = new Map<Digest, number>();

  add(platform: PlatformSummary): void {
    this.#count(platform, 1);
  }

  /** Takes away one that was added. */
  remove(platform: PlatformSummary): void {
    this.#count(platform, -1);
  }

  /** Whether there is a platform with this configuration. */
  has(imageId: Digest): boolean {
    return (this.#platforms.get(imageId) ?? 0) > 0;
  }

  /** How many of these layers, from the base on, some platform stands on. */
  sharedDepth(diffIds: readonly Digest[]): number {
    let stacked = this.#base;
    for (const [depth, diffId] of diffIds.entries()) {
      const next = stacked.above.get(diffId);
      if (!next || next.count === 0) return depth;
      stacked = next;
    }
    return diffIds.length;
  }

  #count({ imageId, layers }: PlatformSummary, by: 1 | -1): void {
    this.#platforms.set(imageId, (this.#platforms.get(imageId) ?? 0) + by);
    let stacked = this.#base;
    for (const { diffId } of layers) {
      const next = stacked.above.get(diffId) ?? { count: 0, above: new Map<Digest, Stacked>() };
      stacked.above.set(diffId, next);
      next.count += by;
      stacked = next;
    }
  }
}
