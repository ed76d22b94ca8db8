import { encodeUtf8 } from '../../base/bytes';
import type { ImageConfig } from '../../oci/image-config';
import { ArchiveError } from '../errors';
import type { BlobBytes } from './layout-files';
import { repositoriesJson, type NamedTop } from './repositories';
import type { TarFiles } from './tar-files';
import { v1Layers } from './v1-image';
import { titleOf, type WrittenImage } from './written-image';

/**
 * What engines before 1.10 wrote: a folder for each layer, which is an image too, with its description and plain tar, and `repositories`. The same
 * layer is there once: elsewhere a link leads to it, as engines write it.
 */
export async function legacyFiles(
  images: readonly WrittenImage[],
  bytesOf: BlobBytes,
  configOf: (image: WrittenImage) => Promise<ImageConfig>,
): Promise<TarFiles> {
  const files: TarFiles = new Map();
  const folders = new Map<string, string>();
  const tops: NamedTop[] = [];
  for (const image of images) {
    const { names, tree, shown } = image;
    const layers = await v1Layers(await configOf(image));
    for (const [i, { id, json, diffId }] of layers.entries()) {
      const digest = shown.layers[i]?.digest;
      if (files.has(`${id}/json`) || digest === undefined) continue;
      files.set(`${id}/VERSION`, encodeUtf8('1.0'));
      files.set(`${id}/json`, json);
      const folder = folders.get(diffId);
      const blob = tree.blobs.get(digest);
      if (folder !== undefined) files.set(`${id}/layer.tar`, { linkTo: `../${folder}/layer.tar` });
      else if (!(blob instanceof Uint8Array))
        files.set(`${id}/layer.tar`, await bytesOf(digest, blob));
      folders.set(diffId, folder ?? id);
    }
    const top = layers.at(-1)?.id;
    if (top === undefined) throw noLayers(image);
    tops.push({ names, top });
  }
  return files.set('repositories', repositoriesJson(tops));
}

function noLayers(image: WrittenImage): ArchiveError {
  const title = titleOf(image);
  return new ArchiveError(
    'bad-manifest',
    `${title} has no layers, and an archive of the old kind is nothing but layers: save it as docker or oci.`,
    { detail: { image: title } },
  );
}
