import { encodeUtf8 } from '../../base/bytes';
import { digestHex, type Digest } from '../../oci/digest';
import { familiarReference, type Reference } from '../../oci/reference';
import { blobPath } from '../archive-contents';
import { repositoriesJson } from './repositories';
import type { TarFiles } from './tar-files';
import type { WrittenImage } from './written-image';
import type { WrittenManifest } from './written-tree';

/**
 * What engines look for beside an OCI layout: one platform of each image, once for each ID, under all its names.
 * https://github.com/moby/moby/blob/v28.2.2/image/tarexport/save.go
 */
export function dockerFiles(images: readonly WrittenImage[]): TarFiles {
  const items = itemsById(images);
  const json = JSON.stringify(items.map((item) => manifestItem(item, items)));
  const files: TarFiles = new Map([['manifest.json', encodeUtf8(`${json}\n`)]]);
  const tops = items.flatMap(({ names, shown: { layers } }) => {
    const top = layers.at(-1);
    return top && names.length > 0 ? [{ names, top: digestHex(top.digest) }] : [];
  });
  if (tops.length > 0) files.set('repositories', repositoriesJson(tops));
  return files;
}

interface Item {
  readonly names: readonly Reference[];
  readonly shown: WrittenManifest;
}

function itemsById(images: readonly WrittenImage[]): readonly Item[] {
  const items = new Map<Digest, Item>();
  for (const { names, shown } of images) {
    const { imageId } = shown.platform;
    const known = items.get(imageId) ?? { names: [], shown };
    items.set(imageId, { ...known, names: [...known.names, ...names] });
  }
  return [...items.values()];
}

/** An image's parent counts only where the archive holds it too. */
function manifestItem({ names, shown }: Item, items: readonly Item[]): object {
  const { imageId, parent } = shown.platform;
  const hasParent = items.some((item) => item.shown.platform.imageId === parent);
  return {
    Config: blobPath(imageId),
    RepoTags: names.length > 0 ? [...new Set(names.map(familiarReference))] : null,
    Layers: shown.layers.map(({ digest }) => blobPath(digest)),
    ...(hasParent ? { Parent: parent } : {}),
  };
}
