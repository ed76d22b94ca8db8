import type { PlatformSummary } from '../../src/image/image-summary';
import { chainIdOf } from '../../src/layer/chain-id';
import type { Digest } from '../../src/oci/digest';
import type { ImageRoot } from '../../src/store/metadata-store';
import type { Store } from '../../src/store/store';
import { all, digestOf, store as storeBytes } from './blobs';
import { descriptor } from './store-contract';

/** One platform of an image: what is written is what it is made of. */
export interface Variant {
  readonly config: string;
  /** Base first. */
  readonly layers: readonly string[];
  readonly architecture?: string;
  readonly parent?: Digest;
}

export interface StoredImageParts {
  readonly variants: readonly Variant[];
  /** Canonical. */
  readonly names?: readonly string[];
  readonly repoDigests?: readonly string[];
  /** Tells two stored forms of one image apart. */
  readonly form?: string;
}

/** Puts an image into a store, its blobs and layer indexes too. */
export async function storeImage(
  store: Store,
  { variants, names = [], repoDigests = [], form = '' }: StoredImageParts,
): Promise<ImageRoot> {
  const platforms: PlatformSummary[] = [];
  for (const variant of variants) platforms.push(await storeVariant(store, variant, form));
  const index = await storeBytes(store.content, `index ${form} ${JSON.stringify(platforms)}`);
  const layers = platforms.flatMap((platform) => platform.layers);
  const blobs = platforms.flatMap(({ manifest, imageId }) => [manifest, imageId]);
  const root: ImageRoot = {
    target: descriptor(index.digest),
    blobs: [...new Set([index.digest, ...blobs, ...layers.map(({ digest }) => digest)])],
    diffIds: [...new Set(layers.map(({ diffId }) => diffId))],
    storedAt: 1,
    repoDigests,
    summary: { platforms, absent: [] },
  };
  const putRefs = names.map((name) => ({ name, target: root.target }));
  await store.commit({ putImages: [root], putRefs });
  return root;
}

async function storeVariant(
  store: Store,
  { config, layers, architecture = 'amd64', parent }: Variant,
  form: string,
): Promise<PlatformSummary> {
  const manifest = await storeBytes(store.content, `manifest ${form} ${config} ${layers.join()}`);
  const { digest: imageId } = await storeBytes(store.content, `config ${config} ${layers.join()}`);
  const stored: PlatformSummary['layers'][number][] = [];
  for (const content of layers) {
    const diffId = await digestOf(`layer ${content}`);
    const index = { diffId, bytes: new ArrayBuffer(1) };
    const { digest, size } = await storeBytes(store.content, `layer ${content}`, index);
    const unpackedSize = content.length;
    stored.push({ digest, diffId: digest, size, compression: 'none', unpackedSize, entryCount: 1 });
  }
  return {
    manifest: manifest.digest,
    imageId,
    platform: { os: 'linux', architecture },
    unpackedSize: 0,
    storedSize: 0,
    layers: stored,
    labels: {},
    ...(parent === undefined ? {} : { parent }),
  };
}

/** All that a store has, comparable. */
export async function stateOf(store: Store): Promise<{
  readonly refs: unknown;
  readonly images: readonly ImageRoot[];
  readonly blobs: ReadonlyMap<Digest, number>;
  readonly indexes: readonly Digest[];
}> {
  const blobs = await all(store.content.list());
  const images = await all(store.images.list());
  return {
    refs: await all(store.refs.list()),
    images: images.sort((a, b) => (a.target.digest < b.target.digest ? -1 : 1)),
    blobs: new Map(blobs.map(({ digest, size }) => [digest, size] as const).sort()),
    indexes: (await all(store.indexes.list())).sort(),
  };
}

/** Chain IDs of every stack of layers that some platform stands on. */
export async function chainIds(roots: readonly ImageRoot[]): Promise<ReadonlySet<Digest>> {
  const chains = new Set<Digest>();
  for (const { summary } of roots) {
    const { platforms } = summary as { platforms: readonly PlatformSummary[] };
    for (const { layers } of platforms) {
      for (let depth = 1; depth <= layers.length; depth++) {
        const chain = await chainIdOf(layers.slice(0, depth).map(({ diffId }) => diffId));
        if (chain !== undefined) chains.add(chain);
      }
    }
  }
  return chains;
}
