import { readRange } from '../../base/byte-source';
import { isCoded } from '../../base/errors';
import type { AbortOptions } from '../../base/task';
import type { PlatformSummary } from '../../image/image-summary';
import { summaryOf } from '../../image/image-list';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import { parseImageConfig } from '../../oci/image-config';
import { parseManifest } from '../../oci/manifest';
import { familiarReference, parseReference } from '../../oci/reference';
import { StoreError } from '../../store/errors';
import type { ImageRoot } from '../../store/metadata-store';
import type { Store } from '../../store/store';
import type { ImageJobs } from './image-jobs';
import type { AskedImage, ExploredLayer, ImageSource, Verification } from './image-source';
import { LayerReader } from './layer-reader';
import { LayerShelf } from './layer-shelf';

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
  const { root, platform } = found;
  const [rawManifest, rawConfig, names, problems] = await Promise.all([
    readBlob(store, platform.manifest, options),
    readBlob(store, platform.imageId, options),
    namesOf(store, root),
    store.problems(),
  ]);
  const manifest = parseManifest(rawManifest);
  const config = parseImageConfig(rawConfig);
  const layers = manifest.layers.map((descriptor, position) => ({
    position,
    descriptor,
    diffId: config.diffIds[position],
    unpackedSize: platform.layers[position]?.unpackedSize,
  }));
  const blobs = new Set([platform.manifest, platform.imageId, ...layers.map(digestOf)]);
  const problem = problems.find(({ digest }) => blobs.has(digest));
  return startReading(store, jobs, {
    origin: 'stored',
    imageId: platform.imageId,
    descriptor: {
      mediaType: manifest.mediaType,
      digest: platform.manifest,
      size: rawManifest.length,
    },
    names,
    platforms: summaryOf(root).platforms,
    config,
    rawConfig,
    rawManifest,
    verification: problem?.reason ?? 'verified',
    layers,
  });
}

interface StoredFacts extends Omit<
  ImageSource,
  'layerState' | 'want' | 'readFile' | 'hashFile' | 'onChange' | 'close'
> {
  readonly verification: Verification;
}

/** The source over facts that no longer change: its layers' indexes are fetched at once, and rebuilt where they are lost. */
function startReading(store: Store, jobs: ImageJobs, facts: StoredFacts): ImageSource {
  const { layers } = facts;
  const shelf = new LayerShelf(layers.length);
  const controller = new AbortController();
  const reader = new LayerReader(jobs, shelf, async (layer) =>
    layerBlob(store, layers[layer]?.descriptor),
  );
  const open = async ({ position, diffId, descriptor }: ExploredLayer): Promise<void> => {
    const index = diffId && (await storedIndex(store, diffId));
    if (index) shelf.set(position, { kind: 'ready', index });
    else await reader.index(position, `layer ${position} (${descriptor.digest})`, controller);
  };
  for (const layer of layers) {
    open(layer).catch((error: unknown) => {
      shelf.fail(layer.position, error);
    });
  }
  return {
    ...facts,
    layerState: (position) => shelf.get(position),
    // All of them are on their way.
    want: () => undefined,
    readFile: (request, options) => reader.read(request, options),
    hashFile: (request, options) => reader.hash(request, options),
    onChange: (listener) => shelf.onChange(listener),
    close: () => controller.abort(),
  };
}

async function findStored(
  store: Store,
  { imageId, manifest }: AskedImage,
): Promise<{ readonly root: ImageRoot; readonly platform: PlatformSummary } | undefined> {
  for await (const root of store.images.list()) {
    const platform = summaryOf(root).platforms.find(
      (each) => each.imageId === imageId && (manifest ?? each.manifest) === each.manifest,
    );
    if (platform) return { root, platform };
  }
  return undefined;
}

async function namesOf(store: Store, root: ImageRoot): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name, target } of store.refs.list()) {
    if (target.digest === root.target.digest) names.push(familiarReference(parseReference(name)));
  }
  return names;
}

async function readBlob(
  store: Store,
  digest: Digest,
  options: AbortOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = await store.content.open(digest);
  const info = await store.content.stat(digest);
  return readRange(source, { start: 0, end: source.size ?? info?.size ?? 0 }, options);
}

/** The stored index of a layer, undefined where it is not there or of another version. */
async function storedIndex(
  store: Store,
  diffId: Digest,
): Promise<ReturnType<typeof openLayerIndex> | undefined> {
  const buffer = await store.indexes.get(diffId);
  try {
    return buffer && openLayerIndex(buffer);
  } catch (error) {
    if (isCoded(error) && error.code === 'bad-index') return undefined;
    throw error;
  }
}

async function layerBlob(store: Store, descriptor: Descriptor | undefined): Promise<Blob> {
  const digest = descriptor?.digest;
  const blob = digest && (await store.content.open(digest)).blob;
  if (blob) return blob;
  throw new StoreError('blob-missing', `The layer ${digest ?? ''} is not stored.`, {
    detail: { digest: digest ?? '' },
  });
}

function digestOf({ descriptor }: ExploredLayer): Digest {
  return descriptor.digest;
}
