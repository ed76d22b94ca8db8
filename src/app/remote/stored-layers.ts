import { summaryOf } from '../../image/image-list';
import type { Store } from '../../store/store';
import type { ExploredLayer } from '../image/image-source';
import { storedIndexes } from '../image/stored-indexes';
import type { KeptLayer } from './kept-layers';

/** Finds layers in the store, by position. */
export type StoredLayers = (
  layers: readonly ExploredLayer[],
) => Promise<ReadonlyMap<number, KeptLayer>>;

/**
 * The layers that a stored image has, with their bytes and their index. That a digest and a diff ID belong together is what was found when
 * they were stored, not what a registry says. Where the store cannot be read, the registry has them too.
 */
export async function storedLayers(
  store: Store,
  layers: readonly ExploredLayer[],
): Promise<ReadonlyMap<number, KeptLayer>> {
  try {
    const known = await knownPairs(store);
    const here = layers.flatMap(({ position, descriptor: { digest }, diffId }) =>
      diffId !== undefined && known.has(`${digest} ${diffId}`)
        ? [{ position, digest, diffId }]
        : [],
    );
    const indexes = await storedIndexes(
      store.indexes,
      here.map(({ diffId }) => diffId),
    );
    const found = await Promise.all(
      here.map(async ({ position, digest }, i): Promise<[number, KeptLayer] | undefined> => {
        const index = indexes[i];
        const bytes = index && (await store.content.open(digest)).blob;
        return index && bytes && [position, { index, bytes, way: 'stored', fetched: 0 }];
      }),
    );
    return new Map(found.filter((each) => each !== undefined));
  } catch {
    return new Map();
  }
}

/** Digest and diff ID of every layer that is stored whole. */
async function knownPairs(store: Store): Promise<ReadonlySet<string>> {
  const damaged = new Set((await store.problems()).map(({ digest }) => digest));
  const pairs = new Set<string>();
  for await (const root of store.images.list()) {
    for (const { layers } of summaryOf(root).platforms) {
      for (const { digest, diffId } of layers) {
        if (!damaged.has(digest)) pairs.add(`${digest} ${diffId}`);
      }
    }
  }
  return pairs;
}
