import { readRange } from '../../base/byte-source';
import type { AbortOptions } from '../../base/task';
import type { PlatformSummary } from '../../image/image-summary';
import { summaryOf } from '../../image/image-list';
import { layerName } from '../../layer/layer-name';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import { parseImageConfig } from '../../oci/image-config';
import { parseManifest } from '../../oci/manifest';
import { familiarText } from '../../oci/reference';
import { StoreError } from '../../store/errors';
import type { ImageRoot } from '../../store/metadata-store';
import type { Store } from '../../store/store';
import { askedPlatform } from './asked-platform';
import type { ImageJobs } from './image-jobs';
import type { AskedImage, ExploredLayer, ImageSource, Verification } from './image-source';
import { LayerReader } from './layer-reader';
import { LayerShelf } from './layer-shelf';
import { storedIndexes } from './stored-indexes';

export interface StoredImageParts {
  readonly store: Store;
  readonly jobs: ImageJobs;
}

/** Opens a stored image to be explored; undefined where there is none. Rejects with what is wrong with its documents. */
export async function openStoredImage(
  { store, jobs }: StoredImageParts,
  asked: AskedImage,
  options: AbortOptions = {},
): Promise<ImageSource | undefined> {
  const found = await findStored(store, asked);
  if (!found) return undefined;
  const diffIds = found.platform.layers.map(({ diffId }) => diffId);
  const indexes = storedIndexes(store.indexes, diffIds);
  // Whoever waits for them meets the error; where a document is damaged, nobody does.
  indexes.catch(() => undefined);
  return startReading({ store, jobs, indexes }, await readFacts(store, found, options));
}

interface FoundImage {
  readonly root: ImageRoot;
  readonly platform: PlatformSummary;
}

interface StoredFacts extends Omit<
  ImageSource,
  'layerState' | 'readFile' | 'hashFile' | 'onChange' | 'close'
> {
  readonly verification: Verification;
}

/** What is stored of an image and does not change while it is explored. */
async function readFacts(
  store: Store,
  { root, platform }: FoundImage,
  options: AbortOptions,
): Promise<StoredFacts> {
  const [rawManifest, rawConfig, names, problems] = await Promise.all([
    readBlob(store, platform.manifest, options),
    readBlob(store, platform.imageId, options),
    namesOf(store, root),
    store.problems(),
  ]);
  const { mediaType, layers } = parseManifest(rawManifest);
  const config = parseImageConfig(rawConfig);
  const blobs = new Set([
    platform.manifest,
    platform.imageId,
    ...layers.map(({ digest }) => digest),
  ]);
  const problem = problems.find(({ digest }) => blobs.has(digest));
  return {
    origin: 'stored',
    imageId: platform.imageId,
    descriptor: { mediaType, digest: platform.manifest, size: rawManifest.length },
    names,
    platforms: summaryOf(root).platforms,
    config,
    rawConfig,
    rawManifest,
    verification: problem?.reason ?? 'verified',
    layers: layers.map((descriptor, position) => ({
      position,
      descriptor,
      diffId: config.diffIds[position],
      unpackedSize: platform.layers[position]?.unpackedSize,
      compression: platform.layers[position]?.compression,
    })),
  };
}

interface StartedParts extends StoredImageParts {
  /** Of the layers, base first, on their way. */
  readonly indexes: ReturnType<typeof storedIndexes>;
}

/** The source over facts that no longer change. An index that is lost is rebuilt. */
function startReading({ store, jobs, indexes }: StartedParts, facts: StoredFacts): ImageSource {
  const { layers } = facts;
  const shelf = new LayerShelf(layers.length);
  const controller = new AbortController();
  const reader = new LayerReader(jobs, shelf, async (layer) =>
    layerBlob(store, layers[layer]?.descriptor),
  );
  const open = async ({ position, descriptor }: ExploredLayer): Promise<void> => {
    const index = (await indexes)[position];
    if (index) shelf.set(position, { kind: 'ready', index });
    else await reader.index(position, layerName(position, descriptor.digest), controller);
  };
  for (const layer of layers) {
    open(layer).catch((error: unknown) => {
      shelf.fail(layer.position, error);
    });
  }
  return {
    ...facts,
    layerState: (position) => shelf.get(position),
    readFile: (request, options) => reader.read(request, options),
    hashFile: (request, options) => reader.hash(request, options),
    onChange: (listener) => shelf.onChange(listener),
    close: () => controller.abort(),
  };
}

async function findStored(store: Store, asked: AskedImage): Promise<FoundImage | undefined> {
  for await (const root of store.images.list()) {
    const platform = askedPlatform(root, asked);
    if (platform) return { root, platform };
  }
  return undefined;
}

async function namesOf(store: Store, root: ImageRoot): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name, target } of store.refs.list()) {
    if (target.digest === root.target.digest) names.push(familiarText(name));
  }
  return names;
}

async function readBlob(
  store: Store,
  digest: Digest,
  options: AbortOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = await store.content.open(digest);
  const end = source.size ?? (await store.content.stat(digest))?.size ?? 0;
  return readRange(source, { start: 0, end }, options);
}

async function layerBlob(store: Store, descriptor: Descriptor | undefined): Promise<Blob> {
  const digest = descriptor?.digest;
  const blob = digest && (await store.content.open(digest)).blob;
  if (blob) return blob;
  throw new StoreError('blob-missing', `The layer ${digest ?? ''} is not stored.`, {
    detail: { digest: digest ?? '' },
  });
}
