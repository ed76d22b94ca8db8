import { isCoded } from '../base/errors';
import { LIMITS } from '../base/limits';
import type { Digest } from '../oci/digest';
import { parseImageIndex } from '../oci/image-index';
import type { ArchiveContents } from './archive-contents';
import type { ArchiveImage } from './archive-image';
import { builtOn, dockerArchiveImage, type DockerArchiveItem } from './docker-archive';
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
  const trees = await layoutTrees(contents);
  const images: ArchiveImage[] = [];
  for (const item of items) {
    const parent = builtOn(item, items);
    const tree = treeOf(item, items, trees);
    images.push(
      tree
        ? ociImage({ tree, references: item.references, parent })
        : await dockerArchiveImage(contents, item, parent),
    );
  }
  return images;
}

/**
 * What index.json leads to. A document that is there and damaged is reported by whoever read it; one that says too little only means that
 * manifest.json has to do.
 */
async function layoutTrees(contents: ArchiveContents): Promise<readonly ImageTree[]> {
  if (!contents.entries.find('index.json')) return [];
  const { bytes } = await contents.document('index.json', LIMITS.manifestBytes);
  const trees: ImageTree[] = [];
  for (const descriptor of parseImageIndex(bytes, `index.json in ${contents.name}`).manifests) {
    try {
      trees.push(await readImageTree(contents, descriptor));
    } catch (error) {
      if (!isCoded(error)) throw error;
    }
  }
  return trees;
}

/**
 * The tree that stands for an item: all that one entry of index.json leads to, or the manifest alone where several items lie in it, as
 * each of them is then an image of its own.
 */
function treeOf(
  item: DockerArchiveItem,
  items: readonly DockerArchiveItem[],
  trees: readonly ImageTree[],
): ImageTree | undefined {
  for (const tree of trees) {
    const platform = tree.platforms.find((candidate) => stands(candidate, item));
    if (!platform) continue;
    const ids = new Set<Digest>(items.map(({ imageId }) => imageId));
    const listed = tree.platforms.filter(({ imageId }) => ids.has(imageId));
    const isShared = new Set(listed.map(({ imageId }) => imageId)).size > 1;
    return isShared || tree.faults.length > 0 ? manifestTree(platform) : tree;
  }
  return undefined;
}

function stands({ imageId, layers }: TreePlatform, item: DockerArchiveItem): boolean {
  return imageId === item.imageId && layers.every(({ copy }) => copy !== undefined);
}
