import { readRange } from '../base/byte-source';
import { isCoded } from '../base/errors';
import { LIMITS } from '../base/limits';
import type { TaskOptions } from '../base/task';
import type { IngestLayer } from '../layer/ingest-layer';
import type { Descriptor } from '../oci/descriptor';
import type { Digest } from '../oci/digest';
import { parseImageConfig } from '../oci/image-config';
import { attestedDigest, parseImageIndex } from '../oci/image-index';
import { parseManifest } from '../oci/manifest';
import type { ImageRoot } from '../store/metadata-store';
import type { Store } from '../store/store';
import { damagedRoots } from './image-list';
import type { ImageSummary, LayerSummary, PlatformSummary } from './image-summary';
import type { HashBlob } from './store-sink';
import { parseImageSummary, summarizePlatform } from './summary';
import { verifyStore } from './verify-store';

export interface RepairParts {
  readonly store: Store;
  readonly ingestLayer: IngestLayer;
  readonly hashBlob: HashBlob;
}

/**
 * Makes summaries anew that cannot be read, from the documents and layers that are stored. An image of which too little is left is listed with
 * what is known of it, so that it can be removed, and what is wrong with it is kept as a problem.
 */
export async function repairSummaries(
  parts: RepairParts,
  options: TaskOptions = {},
): Promise<void> {
  for (const root of await damagedRoots(parts.store)) {
    const found = await summaryAnew(root, parts, options);
    const summary = found ?? remains(root);
    await replaceSummary(parts.store, root, summary);
    if (!found) await verifyStore(parts, [{ ...root, summary }], options);
  }
}

/** Another tab may have removed the image meanwhile, or mended it. */
async function replaceSummary(store: Store, root: ImageRoot, summary: ImageSummary): Promise<void> {
  const now = await store.images.get(root.target.digest);
  if (!now || parseImageSummary(now.summary)) return;
  await store.commit({ putImages: [{ ...now, summary }] });
}

/** Undefined where a document or a layer of every platform is lost or damaged. */
async function summaryAnew(
  root: ImageRoot,
  parts: RepairParts,
  options: TaskOptions,
): Promise<ImageSummary | undefined> {
  const platforms: PlatformSummary[] = [];
  const absent: ImageSummary['absent'][number][] = [];
  try {
    for (const manifest of await manifestsOf(root.target, parts.store, LIMITS.indexDepth)) {
      const { platform = { os: '', architecture: '' } } = manifest;
      if (root.blobs.includes(manifest.digest) && (await isStored(parts.store, manifest))) {
        platforms.push(await platformAnew(manifest, parts, options));
      } else absent.push({ manifest: manifest.digest, platform });
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isCoded(error)) throw error;
    return undefined;
  }
  return platforms.length > 0 ? { platforms, absent } : undefined;
}

/** The manifests that a descriptor leads to, but for attestations. */
async function manifestsOf(
  target: Descriptor,
  store: Store,
  depth: number,
): Promise<readonly Descriptor[]> {
  if (!target.mediaType.includes('index') && !target.mediaType.includes('manifest.list')) {
    return [target];
  }
  if (depth === 0 || !(await isStored(store, target))) return [];
  const { manifests } = parseImageIndex(await document(store, target.digest));
  const images = manifests.filter((manifest) => attestedDigest(manifest) === undefined);
  const found = await Promise.all(images.map((each) => manifestsOf(each, store, depth - 1)));
  return found.flat();
}

async function isStored(store: Store, { digest }: Descriptor): Promise<boolean> {
  return (await store.content.stat(digest)) !== undefined;
}

async function platformAnew(
  manifest: Descriptor,
  parts: RepairParts,
  options: TaskOptions,
): Promise<PlatformSummary> {
  const { layers, config } = parseManifest(await document(parts.store, manifest.digest));
  const parsed = parseImageConfig(await document(parts.store, config.digest));
  const read: LayerSummary[] = [];
  for (const [i, layer] of layers.entries()) {
    read.push(await layerAnew(layer, parsed.diffIds[i], parts, options));
  }
  return summarizePlatform({
    manifest: manifest.digest,
    imageId: config.digest,
    config: parsed,
    ...(manifest.platform ? { platform: manifest.platform } : {}),
    layers: read,
  });
}

/** Reads a layer again as if it were loaded: its summary comes of that. */
async function layerAnew(
  { digest, size }: Descriptor,
  diffId: Digest | undefined,
  { store, ingestLayer }: RepairParts,
  options: TaskOptions,
): Promise<LayerSummary> {
  const source = await store.content.open(digest);
  const expected = { digest, size, diffId, what: `layer ${digest}` };
  const layer = await ingestLayer(source, expected, options);
  return {
    digest: layer.digest,
    diffId: layer.diffId,
    size: layer.size,
    compression: layer.compression,
    unpackedSize: layer.unpackedSize,
    entryCount: layer.entryCount,
  };
}

async function document(store: Store, digest: Digest): Promise<Uint8Array> {
  const source = await store.content.open(digest);
  const end = Math.min(source.size ?? LIMITS.configBytes, LIMITS.configBytes + 1);
  return readRange(source, { start: 0, end });
}

/** An image of which nothing can be said but that it is here: its ID is that of what it was loaded as. */
function remains({ target }: ImageRoot): ImageSummary {
  const platform: PlatformSummary = {
    manifest: target.digest,
    imageId: target.digest,
    platform: target.platform ?? { os: '', architecture: '' },
    unpackedSize: 0,
    storedSize: 0,
    layers: [],
    labels: {},
  };
  return { platforms: [platform], absent: [] };
}
