import { collect, type ByteSource } from '../base/byte-source';
import type { AbortOptions, Clock, TaskOptions } from '../base/task';
import { checkLayer, checkLayerSize } from '../layer/check-layer';
import type { ExpectedLayer, IngestLayer } from '../layer/ingest-layer';
import type { Digest } from '../oci/digest';
import type { Hold, Store } from '../store/store';
import type { ImageRoot, MetadataChange } from '../store/metadata-store';
import type {
  CopiedImage,
  CopyBlob,
  CopyDocument,
  CopyLayer,
  CopyLayerOptions,
  CopySession,
  CopySink,
} from './copy';
import { ImageError } from './errors';
import type { LayerSummary } from './image-summary';
import { findLost } from './find-lost';
import { mergeRoots } from './merge-roots';
import { retryConflicts } from './retry-conflicts';
import { parseImageSummary } from './summary';

/** Hands a blob's bytes to whoever hashes: a worker, or the caller's own thread in tests. */
export type HashBlob = (source: ByteSource, options?: TaskOptions) => Promise<Digest>;

export interface StoreSinkParts {
  readonly store: Store;
  readonly ingestLayer: IngestLayer;
  readonly hashBlob: HashBlob;
  readonly now: Clock;
}

/**
 * The store as the place where images go. A layer that it has and that is sound is stored no second time, nor fetched; where its bytes are at
 * hand, they are still checked, as a damaged archive is to be refused whatever is stored.
 */
export function storeSink(parts: StoreSinkParts): CopySink {
  return {
    begin: async (layers) => {
      const stored = await storedLayers(parts.store);
      const hold = await parts.store.hold();
      try {
        const sound = await holdLayers(hold, layers, stored);
        const lost = await findLost(parts.store, [...sound.keys()]);
        const kept = [...sound].filter(([digest]) => !lost.has(digest));
        return new StoreSession(parts, new Map(kept), hold);
      } catch (error) {
        await hold.release().catch(() => undefined);
        throw error;
      }
    },
  };
}

/** Holds what is stored of these layers: those that are sound, by digest. */
async function holdLayers(
  hold: Hold,
  layers: readonly CopyLayer[],
  stored: ReadonlyMap<Digest, LayerSummary>,
): Promise<ReadonlyMap<Digest, LayerSummary>> {
  const digests = new Set(layers.flatMap(({ expected: { digest } }) => digest ?? []));
  const known = [...digests].flatMap((digest) => stored.get(digest) ?? []);
  const here = await hold.add(...digests, ...known.map(({ diffId }) => diffId));
  const sound = new Set(here.map(({ digest }) => digest));
  return new Map(
    known.flatMap((layer) => (sound.has(layer.digest) ? [[layer.digest, layer]] : [])),
  );
}

class StoreSession implements CopySession {
  readonly #parts: StoreSinkParts;
  readonly #stored: ReadonlyMap<Digest, LayerSummary>;
  readonly #hold: Hold;
  #ended = false;

  constructor(parts: StoreSinkParts, stored: ReadonlyMap<Digest, LayerSummary>, hold: Hold) {
    this.#parts = parts;
    this.#stored = stored;
    this.#hold = hold;
  }

  async layer({ bytes, expected }: CopyLayer, options: CopyLayerOptions): Promise<LayerSummary> {
    const { digest, diffId } = expected;
    const known = digest && this.#stored.get(digest);
    if (known && (diffId === undefined || known.diffId === diffId)) {
      await this.#checkLocal(bytes, { ...expected, diffId: known.diffId }, options);
      return known;
    }
    // Who stores it holds it for this session.
    const layer = await this.#parts.ingestLayer(bytes, expected, options);
    return {
      digest: layer.digest,
      diffId: layer.diffId,
      size: layer.size,
      compression: layer.compression,
      unpackedSize: layer.unpackedSize,
      entryCount: layer.entryCount,
    };
  }

  /** Throws where bytes that the browser has are not those of the layer that is stored. */
  async #checkLocal(
    bytes: ByteSource,
    expected: ExpectedLayer & { readonly diffId: Digest },
    { signal, onProgress }: TaskOptions,
  ): Promise<void> {
    const { blob } = bytes;
    if (!blob) return;
    checkLayerSize(blob.size, expected);
    const digest = await this.#parts.hashBlob(bytes, { signal, onProgress });
    checkLayer({ size: blob.size, digest, diffId: expected.diffId }, expected);
  }

  async blob({ digest, size, bytes, what }: CopyBlob, options: TaskOptions): Promise<void> {
    const isStored = (await this.#hold.add(digest)).length > 0;
    if (isStored && !bytes.blob) return;
    const found = await this.#parts.hashBlob(bytes, options);
    if (found !== digest) {
      throw new ImageError('digest-mismatch', `${what} has the digest ${found}, not ${digest}.`, {
        detail: { what, expected: digest, found },
      });
    }
    if (isStored) return;
    const blob = bytes.blob ?? new Blob([await collect(bytes.open(), options)]);
    const adoption = await this.#parts.store.content.adopt(blob, options);
    await adoption.commit({ digest, size });
  }

  async documents(documents: readonly CopyDocument[], { signal }: AbortOptions): Promise<void> {
    const wanted = new Map(documents.map((document) => [document.digest, document]));
    for (const { digest } of await this.#hold.add(...wanted.keys())) wanted.delete(digest);
    for (const document of wanted.values()) {
      signal?.throwIfAborted();
      await this.#storeDocument(document);
    }
  }

  async #storeDocument({ digest, bytes }: CopyDocument): Promise<void> {
    const ingest = await this.#parts.store.content.begin();
    try {
      await ingest.write(bytes);
      await ingest.commit({ digest, size: bytes.length });
    } finally {
      await ingest.abort();
    }
  }

  async commit(images: readonly CopiedImage[]): Promise<void> {
    await retryConflicts(this.#parts.store, async () =>
      this.#parts.store.commit(await this.#change(images)),
    );
    this.#ended = true;
    await this.#hold.release();
  }

  async #change(images: readonly CopiedImage[]): Promise<MetadataChange> {
    const { store, now } = this.#parts;
    const existing = await roots(store);
    const storedAt = now();
    const putImages = new Map<Digest, ImageRoot>();
    for (const image of images) {
      const { digest } = image.target;
      const older = putImages.get(digest) ?? existing.get(digest);
      putImages.set(digest, mergeRoots(older, rootOf(image, storedAt)));
    }
    const putRefs = new Map(
      images.flatMap(({ names, target }) => names.map((name) => [name, { name, target }])),
    );
    const change = { putImages: [...putImages.values()], putRefs: [...putRefs.values()] };
    const deleteImages = await superseded(store, existing, change);
    const read = [...putImages.keys(), ...deleteImages];
    const expected = {
      images: read.map((digest) => [digest, existing.get(digest) ?? null] as const),
    };
    return { ...change, expected, deleteImages };
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#hold.release();
    await this.#parts.store.collectGarbage();
  }
}

/** Layers of stored images, by digest. */
async function storedLayers(store: Store): Promise<ReadonlyMap<Digest, LayerSummary>> {
  const layers = new Map<Digest, LayerSummary>();
  for await (const { summary } of store.images.list()) {
    for (const platform of parseImageSummary(summary)?.platforms ?? []) {
      for (const layer of platform.layers) layers.set(layer.digest, layer);
    }
  }
  return layers;
}

async function roots(store: Store): Promise<ReadonlyMap<Digest, ImageRoot>> {
  const found = new Map<Digest, ImageRoot>();
  for await (const root of store.images.list()) found.set(root.target.digest, root);
  return found;
}

function rootOf(
  { target, documents, attachments, ...image }: CopiedImage,
  storedAt: number,
): ImageRoot {
  const layers = image.summary.platforms.flatMap((platform) => platform.layers);
  const blobs = [
    ...documents.map((document) => document.digest),
    ...layers.map((layer) => layer.digest),
    ...attachments,
  ];
  return {
    target,
    blobs: [...new Set(blobs)],
    diffIds: [...new Set(layers.map((layer) => layer.diffId))],
    storedAt,
    repoDigests: image.repoDigests,
    summary: image.summary,
  };
}

/**
 * Images that lose their last name to the same image in another form (as an engine saved it, as a registry keeps it): docker knows one
 * image by its ID, so the one without a name goes.
 */
async function superseded(
  store: Store,
  existing: ReadonlyMap<Digest, ImageRoot>,
  { putImages = [], putRefs = [] }: MetadataChange,
): Promise<readonly Digest[]> {
  const targets = new Map<string, Digest>();
  for await (const { name, target } of store.refs.list()) targets.set(name, target.digest);
  const losing = new Set<Digest>();
  for (const { name, target } of putRefs) {
    const before = targets.get(name);
    if (before !== undefined && before !== target.digest) losing.add(before);
    targets.set(name, target.digest);
  }
  const named = new Set(targets.values());
  const brought = new Set(putImages.flatMap(imageIds));
  return [...losing].filter((digest) => {
    const root = existing.get(digest);
    if (!root || named.has(digest) || root.repoDigests.length > 0) return false;
    const ids = imageIds(root);
    return ids.length > 0 && ids.every((id) => brought.has(id));
  });
}

function imageIds({ summary }: ImageRoot): readonly Digest[] {
  return parseImageSummary(summary)?.platforms.map(({ imageId }) => imageId) ?? [];
}
