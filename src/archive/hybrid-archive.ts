import { isCoded } from '../base/errors';
import { LIMITS } from '../base/limits';
import type { Descriptor } from '../oci/descriptor';
import type { Digest } from '../oci/digest';
import { parseImageIndex } from '../oci/image-index';
import type { ArchiveContents } from './archive-contents';
import type { ArchiveImage } from './archive-image';
import { dockerArchiveImage, type DockerArchiveItem } from './docker-archive';
import { readImageTree, type ImageTree } from './index-tree';
import type { TreePlatform } from './manifest-platform';
import { manifestTree, ociImage } from './oci-image';

/**
 * The images of an archive with a manifest.json. It alone says which images there are and what they are called, as for an engine. Where
 * the archive is an OCI layout too, an image keeps the manifest or index that it has there, if that one is whole: engines before 25.0.2
 * wrote manifests without layers, others leave platforms out.
 */
export async function dockerArchiveImages(
  contents: ArchiveContents,
  items: readonly DockerArchiveItem[],
): Promise<readonly ArchiveImage[]> {
  const ids = new Set(items.map(({ imageId }) => imageId));
  const trees = treesByImage(await layoutTrees(contents), ids);
  const images: ArchiveImage[] = [];
  for (const item of items) {
    const parent = parentOf(item, ids);
    const tree = trees.get(item.imageId);
    const image = tree
      ? ociImage({ tree, references: item.references, parent })
      : await contents.attempt(() => dockerArchiveImage(contents, item, parent));
    if (image) images.push(image);
  }
  return images;
}

/**
 * What index.json leads to. A document that is there and damaged is reported by whoever read it; one that says too little or too much, and
 * an index.json that cannot be read at all, only mean that manifest.json has to do, as it does for an engine.
 */
async function layoutTrees(contents: ArchiveContents): Promise<readonly ImageTree[]> {
  const file = contents.entries.find('index.json');
  if (!file || file.size > LIMITS.manifestBytes) return [];
  const { bytes } = await contents.document('index.json', LIMITS.manifestBytes);
  const descriptors = new Map(listed(bytes).map((descriptor) => [descriptor.digest, descriptor]));
  const trees: ImageTree[] = [];
  for (const descriptor of descriptors.values()) {
    try {
      trees.push(await readImageTree(contents, descriptor));
    } catch (error) {
      if (!isCoded(error)) throw error;
    }
  }
  return trees;
}

function listed(index: Uint8Array): readonly Descriptor[] {
  try {
    return parseImageIndex(index).manifests;
  } catch (error) {
    if (isCoded(error)) return [];
    throw error;
  }
}

/**
 * The tree that stands for each image: all that one entry of index.json leads to, or the manifest alone where that entry leads to several
 * of the images, as each of them is one of its own.
 */
function treesByImage(
  trees: readonly ImageTree[],
  ids: ReadonlySet<Digest>,
): ReadonlyMap<Digest, ImageTree> {
  const byImage = new Map<Digest, ImageTree>();
  for (const tree of trees) {
    const listed = tree.platforms.filter(
      (platform) => ids.has(platform.imageId) && isWhole(platform),
    );
    const isShared = new Set(listed.map(({ imageId }) => imageId)).size > 1;
    for (const platform of listed) {
      if (byImage.has(platform.imageId)) continue;
      const isAlone = isShared || tree.faults.length > 0;
      byImage.set(platform.imageId, isAlone ? manifestTree(platform) : tree);
    }
  }
  return byImage;
}

function isWhole({ layers }: TreePlatform): boolean {
  return layers.every(({ copy }) => copy !== undefined);
}

/** The parent that an item names, where the archive holds it too: what an engine keeps of it. */
function parentOf(
  { imageId, parent }: DockerArchiveItem,
  ids: ReadonlySet<Digest>,
): Digest | undefined {
  return parent !== undefined && parent !== imageId && ids.has(parent) ? parent : undefined;
}
