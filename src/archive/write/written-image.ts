import { familiarReference, type Reference } from '../../oci/reference';
import { matchesPlatform, type Platform } from '../../oci/platform';
import type { WrittenManifest, WrittenTree } from './written-tree';

/** An image as it is in the archive, under its names. */
export interface WrittenImage {
  readonly names: readonly Reference[];
  readonly tree: WrittenTree;
  /** The platform that readers get who know one an image. */
  readonly shown: WrittenManifest;
}

/** The image with the platform that is asked for as the one that is shown, else its first. */
export function writtenImage(
  names: readonly Reference[],
  tree: WrittenTree,
  asked: Platform,
): WrittenImage {
  const [first] = tree.manifests;
  const shown =
    tree.manifests.find(({ platform }) => matchesPlatform(asked, platform.platform)) ?? first;
  if (!shown) throw new RangeError(`${tree.target.digest} has no platform`);
  return { names, tree, shown };
}

/** What to call it: its first name, else its ID. */
export function titleOf({ names: [name], shown }: WrittenImage): string {
  return name ? familiarReference(name) : shown.platform.imageId;
}
