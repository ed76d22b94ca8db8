import { collectAll } from '../../base/collect-all';
import { findLost } from '../../image/find-lost';
import type { PlatformSummary } from '../../image/image-summary';
import { parseImageSummary } from '../../image/summary';
import type { Digest } from '../../oci/digest';
import type { ImageRoot } from '../../store/metadata-store';
import type { Store } from '../../store/store';
import type { PlannedLayer } from './pull';
import type { ChosenPlatform } from './pull-source';

/** What an image is to be known as. Where a reference has a digest, its tag does not count. */
export interface PulledNames {
  /** Canonical, with a tag. */
  readonly tagged: string | undefined;
  /** Canonical `name@sha256:…`. */
  readonly repoDigest: string;
}

/** The stored images, as a pull looks at them. Those with a blob that is damaged, lost or gone do not count: they are pulled again. */
export class StoredImages {
  readonly #store: Store;
  readonly #roots: readonly ImageRoot[];
  /** Digests of the layers of each platform, base first. */
  readonly #stacks: readonly (readonly Digest[])[];

  private constructor(store: Store, roots: readonly ImageRoot[]) {
    this.#store = store;
    this.#roots = roots;
    this.#stacks = roots.flatMap((root) =>
      platformsOf(root).map(({ layers }) => layers.map(({ digest }) => digest)),
    );
  }

  /** `wanted` are the blobs that the pull needs: it is looked whether the browser still has their bytes. */
  static async read(store: Store, wanted: readonly Digest[]): Promise<StoredImages> {
    const { stored, gone } = await lookUp(store, wanted);
    await findLost(store, stored);
    const problems = (await store.problems()).map(({ digest }) => digest);
    const damaged = new Set([...problems, ...gone]);
    const roots = await collectAll(store.images.list());
    const whole = roots.filter(({ blobs }) => !blobs.some((digest) => damaged.has(digest)));
    return new StoredImages(store, whole);
  }

  /** A stored image with this ID; the one that is stored as `target`, where there are several. */
  withId(imageId: Digest, target: Digest): ImageRoot | undefined {
    const found = this.#roots.filter((root) => hasId(root, imageId));
    return found.find((root) => root.target.digest === target) ?? found[0];
  }

  /** Whether a name means another image so far, or none. */
  async isNew({ tagged, repoDigest }: PulledNames, imageId: Digest): Promise<boolean> {
    if (tagged === undefined) {
      return !this.#roots.some(
        (root) => root.repoDigests.includes(repoDigest) && hasId(root, imageId),
      );
    }
    const before = await this.#store.refs.resolve(tagged);
    const root = this.#roots.find(({ target }) => target.digest === before?.digest);
    return !root || !hasId(root, imageId);
  }

  /** Each layer once, base first. */
  plan({ manifest }: ChosenPlatform): readonly PlannedLayer[] {
    const digests = manifest.layers.map(({ digest }) => digest);
    const shared = Math.max(0, ...this.#stacks.map((stack) => sharedLength(stack, digests)));
    const stored = new Set(this.#stacks.flat());
    const positionsOf = (digest: Digest): readonly number[] =>
      digests.flatMap((other, position) => (other === digest ? [position] : []));
    const layers = manifest.layers.map(({ digest, size }, i) => ({
      digest,
      size,
      positions: positionsOf(digest),
      isStored: stored.has(digest),
      isShared: i < shared,
    }));
    return layers.filter(({ positions: [first] }, i) => first === i);
  }
}

async function lookUp(
  { content }: Store,
  digests: readonly Digest[],
): Promise<{ readonly stored: readonly Digest[]; readonly gone: readonly Digest[] }> {
  const infos = await Promise.all([...new Set(digests)].map((digest) => content.stat(digest)));
  const stored = infos.flatMap((info) => info?.digest ?? []);
  return { stored, gone: digests.filter((digest) => !stored.includes(digest)) };
}

function platformsOf({ summary }: ImageRoot): readonly PlatformSummary[] {
  return parseImageSummary(summary)?.platforms ?? [];
}

function hasId(root: ImageRoot, imageId: Digest): boolean {
  return platformsOf(root).some((platform) => platform.imageId === imageId);
}

function sharedLength(stack: readonly Digest[], digests: readonly Digest[]): number {
  const differs = digests.findIndex((digest, i) => digest !== stack[i]);
  return differs < 0 ? digests.length : differs;
}
