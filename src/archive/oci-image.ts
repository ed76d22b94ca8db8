import type { CopyLayer, DescribedImage } from '../image/copy';
import type { LayerSummary, PlatformSummary } from '../image/image-summary';
import { summarizePlatform } from '../image/summary';
import type { Digest } from '../oci/digest';
import { matchesPlatform, type Platform } from '../oci/platform';
import { canonicalReference, type Reference } from '../oci/reference';
import { layersToCopy, type ArchiveImage } from './archive-image';
import type { ImageTree } from './index-tree';
import type { TreePlatform } from './manifest-platform';

export interface OciImageParts {
  readonly tree: ImageTree;
  readonly references: readonly Reference[];
  readonly parent?: Digest | undefined;
}

/** The image that a descriptor of an archive leads to, under the digest that the archive gives it. */
export function ociImage({ tree, references, parent }: OciImageParts): ArchiveImage {
  return {
    references,
    names: references.map(canonicalReference),
    platforms: tree.platforms,
    absent: tree.absent,
    layers: layersToCopy(tree.platforms),
    attachments: tree.attachments,
    describe: (copied) => Promise.resolve(describe(tree, parent, copied)),
    forPlatform: (asked) => {
      const part = treeFor(tree, asked);
      return part && ociImage({ tree: part, references, parent });
    },
  };
}

/** The same tree with the layers of one platform alone; its documents stay whole. */
function treeFor(tree: ImageTree, asked: Platform): ImageTree | undefined {
  const isAsked = ({ platform }: TreePlatform): boolean => matchesPlatform(asked, platform);
  const platforms = tree.platforms.filter(isAsked);
  if (platforms.length === 0) return undefined;
  const others = tree.platforms.filter((platform) => !isAsked(platform));
  const left = others.map(({ core, platform }) => ({ manifest: core.descriptor.digest, platform }));
  return { ...tree, platforms, absent: [...tree.absent, ...left] };
}

/** One manifest of a tree as an image of its own. */
export function manifestTree(platform: TreePlatform): ImageTree {
  return {
    target: platform.core.descriptor,
    platforms: [platform],
    absent: [],
    documents: platform.documents,
    attachments: [],
    artifacts: [],
    faults: [],
  };
}

function describe(
  { target, documents, platforms, absent }: ImageTree,
  parent: Digest | undefined,
  copied: (layer: CopyLayer) => LayerSummary,
): DescribedImage {
  const summaries = platforms.map((platform) => summarize(platform, parent, copied));
  return { target, documents, summary: { platforms: summaries, absent }, repoDigests: [] };
}

function summarize(
  { core, imageId, config, platform, layers }: TreePlatform,
  parent: Digest | undefined,
  copied: (layer: CopyLayer) => LayerSummary,
): PlatformSummary {
  return summarizePlatform({
    manifest: core.descriptor.digest,
    imageId,
    config,
    platform,
    layers: layers.flatMap(({ copy }) => (copy ? [copied(copy)] : [])),
    parent,
  });
}
