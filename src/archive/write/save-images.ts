import { blobOf, readRange } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import type { TaskOptions } from '../../base/task';
import type { EncodeLayer, LayerEncoding } from '../../layer/encode-layer';
import type { Digest } from '../../oci/digest';
import { parseImageConfig } from '../../oci/image-config';
import type { Platform } from '../../oci/platform';
import type { Hold, Store } from '../../store/store';
import { dockerFiles } from './docker-files';
import { encodeLayers } from './encode-layers';
import { holdBlobs } from './hold-blobs';
import type { ImageToSave } from './image-to-save';
import { layoutFiles, type BlobBytes } from './layout-files';
import { legacyFiles } from './legacy-files';
import { notesOf, type ArchiveType, type SaveNote } from './save-notes';
import { readStoredTree, type StoredTree } from './stored-tree';
import { composeTar, type TarFiles } from './tar-files';
import { writtenImage, type WrittenImage } from './written-image';
import { writeTree, type EncodedLayers } from './written-tree';

export interface SaveParts {
  readonly store: Pick<Store, 'content' | 'hold' | 'problems'>;
  readonly encodeLayer: EncodeLayer;
  /** What readers get who know one platform an image, where an image has it. */
  readonly platform: Platform;
}

export interface SaveOptions extends TaskOptions {
  /** `docker` where it is not said. */
  readonly type?: ArchiveType | undefined;
  /** How layers are to be packed; as they are stored where it is not said. A legacy archive has plain layers always. */
  readonly encoding?: LayerEncoding | undefined;
}

export interface SavedArchive {
  /** Composed of stored blobs, whatever its size: nothing of them is read before it is. It can still be read after `release`. */
  readonly blob: Blob;
  readonly notes: readonly SaveNote[];
  /** Lets go of what is held, and of what was packed anew. */
  release(): Promise<void>;
}

/**
 * Makes an archive of stored images. The same images, names and options give the same bytes, on every machine. Blobs are held meanwhile, so
 * that another tab's removal takes none of them away. Layers are packed anew only where `encoding` asks for another form than they have; every other
 * blob keeps its bytes, and so its digest. Rejects with `blob-missing`, `digest-mismatch` or `quota-exceeded`, and with what a layer that is
 * packed anew has against it.
 */
export async function saveImages(
  images: readonly ImageToSave[],
  parts: SaveParts,
  options: SaveOptions = {},
): Promise<SavedArchive> {
  const hold = await parts.store.hold();
  let encoded: EncodedLayers = { encoding: undefined, layers: new Map() };
  const release = async (): Promise<void> => {
    await Promise.all([...encoded.layers.values()].map((layer) => layer.release()));
    await hold.release();
  };
  try {
    const trees = await readTrees(images, { ...parts, hold }, options);
    encoded = await encode(trees, parts, options);
    const written: WrittenImage[] = [];
    for (const [i, tree] of trees.entries()) {
      const names = images[i]?.names ?? [];
      written.push(writtenImage(names, await writeTree(tree, encoded), parts.platform));
    }
    const blob = composeTar(await filesOf(written, parts, options));
    options.signal?.throwIfAborted();
    return { blob, notes: written.flatMap((image) => notesOf(image, options.type)), release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function readTrees(
  images: readonly ImageToSave[],
  { store, hold }: SaveParts & { readonly hold: Hold },
  { signal }: SaveOptions,
): Promise<readonly StoredTree[]> {
  const trees: StoredTree[] = [];
  for (const image of images) {
    signal?.throwIfAborted();
    await holdBlobs(image.root, store, hold);
    trees.push(await readStoredTree(image, store.content, { signal }));
  }
  return trees;
}

async function encode(
  trees: readonly StoredTree[],
  { store, encodeLayer }: SaveParts,
  options: SaveOptions,
): Promise<EncodedLayers> {
  const encoding = options.type === 'legacy' ? 'none' : options.encoding;
  if (encoding === undefined) return { encoding, layers: new Map() };
  const manifests = trees.flatMap((tree) => tree.manifests);
  const layers = manifests.flatMap(({ platform }) => platform.layers);
  const encoders = { content: store.content, encodeLayer };
  return { encoding, layers: await encodeLayers(layers, encoding, encoders, options) };
}

async function filesOf(
  images: readonly WrittenImage[],
  { store: { content } }: SaveParts,
  { type = 'docker', signal }: SaveOptions,
): Promise<TarFiles> {
  const bytesOf: BlobBytes = async (digest, encoded) =>
    blobOf(encoded?.source ?? (await content.open(digest)), { signal });
  const configOf = async (imageId: Digest) => {
    const source = await content.open(imageId);
    const range = { start: 0, end: source.size ?? LIMITS.configBytes };
    return parseImageConfig(await readRange(source, range, { signal }), imageId);
  };
  switch (type) {
    case 'docker':
      return new Map([...(await layoutFiles(images, bytesOf)), ...dockerFiles(images)]);
    case 'oci':
      return layoutFiles(images, bytesOf);
    case 'legacy':
      return legacyFiles(images, bytesOf, ({ shown }) => configOf(shown.platform.imageId));
  }
}
