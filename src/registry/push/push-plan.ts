import { readRange } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import type { Descriptor } from '../../oci/descriptor';
import { parseImageIndex } from '../../oci/image-index';
import { parseManifest } from '../../oci/manifest';
import { isForeignLayerType, isIndexType, isLayerType } from '../../oci/media-types';
import type { BlobReader } from '../../store/content-store';
import { RegistryError } from '../errors';

/** A document to be pushed, once everything that it names is there. */
export interface PushDocument {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Everything that an image consists of, as it is stored. */
export interface PushPlan {
  /** Layers of all its manifests, base first; the same layer as often as it is named. */
  readonly layers: readonly Descriptor[];
  /** Configurations, and the blobs of attestations. */
  readonly others: readonly Descriptor[];
  /** What is named before what names it; the root is the last. */
  readonly documents: readonly PushDocument[];
  /** Manifests that an index names and that are not stored: platforms that were never loaded. */
  readonly absent: readonly Descriptor[];
}

/** Works out what a push of a stored manifest or index consists of. Rejects with what its documents have against them. */
export async function planPush(
  reader: BlobReader,
  root: Descriptor,
  options: AbortOptions = {},
): Promise<PushPlan> {
  const plan = { layers: [], others: [], documents: [], absent: [] };
  await addDocument(reader, root, { plan, depth: 0, ...options });
  return plan;
}

interface Walk extends AbortOptions {
  readonly plan: {
    readonly layers: Descriptor[];
    readonly others: Descriptor[];
    readonly documents: PushDocument[];
    readonly absent: Descriptor[];
  };
  readonly depth: number;
}

async function addDocument(reader: BlobReader, descriptor: Descriptor, walk: Walk): Promise<void> {
  const { plan, depth, signal } = walk;
  const { digest, mediaType } = descriptor;
  if (depth > LIMITS.indexDepth) {
    throw new RegistryError(
      'limit-exceeded',
      `Indexes lie more than ${LIMITS.indexDepth} levels deep in each other.`,
      { detail: { digest, limit: LIMITS.indexDepth } },
    );
  }
  if (plan.documents.some((document) => document.descriptor.digest === digest)) return;
  if (depth > 0 && !(await reader.stat(digest))) {
    plan.absent.push(descriptor);
    return;
  }
  const source = await reader.open(digest);
  const bytes = await readRange(source, { start: 0, end: LIMITS.manifestBytes + 1 }, { signal });
  if (isIndexType(mediaType)) {
    const { manifests } = parseImageIndex(bytes, `the index ${digest}`);
    for (const child of manifests) await addDocument(reader, child, { ...walk, depth: depth + 1 });
  } else {
    const { config, layers } = parseManifest(bytes, `the manifest ${digest}`);
    plan.layers.push(...layers.filter((layer) => isLayerType(layer.mediaType)));
    plan.others.push(config, ...layers.filter((layer) => !isLayerType(layer.mediaType)));
  }
  plan.documents.push({ descriptor, bytes });
}

/** True for a layer that its vendor alone distributes: a registry keeps its URL. */
export function isForeign({ mediaType, urls }: Descriptor): boolean {
  return isForeignLayerType(mediaType) && urls !== undefined;
}
