import { encodeUtf8 } from '../../base/bytes';
import { isIndexType, MediaType } from '../../oci/media-types';
import type { Platform } from '../../oci/platform';
import { canonicalReference } from '../../oci/reference';
import { blobPath } from '../archive-contents';
import type { TarFiles } from './tar-files';
import type { EncodedLayer } from '../../layer/encode-layer';
import type { Digest } from '../../oci/digest';
import type { WrittenImage } from './written-image';

/** Gives a blob's bytes: of a layer packed anew, else as it is stored. */
export type BlobBytes = (digest: Digest, encoded: EncodedLayer | undefined) => Promise<Blob>;

/**
 * The files of an OCI layout: index.json has an entry for each name, with containerd's annotation (the whole name) and the spec's (the tag), as
 * engines write them, and one without for an image that has no name.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function layoutFiles(
  images: readonly WrittenImage[],
  bytesOf: BlobBytes,
): Promise<TarFiles> {
  const files: TarFiles = new Map();
  for (const { tree } of images) {
    for (const [digest, blob] of tree.blobs) {
      files.set(blobPath(digest), blob instanceof Uint8Array ? blob : await bytesOf(digest, blob));
    }
  }
  files.set('oci-layout', encodeUtf8('{"imageLayoutVersion":"1.0.0"}'));
  files.set('index.json', indexJson(images));
  return files;
}

function indexJson(images: readonly WrittenImage[]): Uint8Array<ArrayBuffer> {
  const entries = images.flatMap(({ names, tree, shown }) => {
    const { mediaType, digest, size } = tree.target;
    const ofPlatform = isIndexType(mediaType)
      ? {}
      : { platform: platformJson(shown.platform.platform) };
    if (names.length === 0) return [{ mediaType, digest, size, ...ofPlatform }];
    return names.map((name) => ({
      mediaType,
      digest,
      size,
      annotations: {
        'io.containerd.image.name': canonicalReference(name),
        'org.opencontainers.image.ref.name': name.tag ?? 'latest',
      },
      ...ofPlatform,
    }));
  });
  const unique = new Map(entries.map((entry) => [JSON.stringify(entry), entry]));
  return encodeUtf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MediaType.ociIndex,
      manifests: [...unique.values()],
    }),
  );
}

/** In the order of Go's type. */
function platformJson({ os, architecture, osVersion, variant }: Platform): object {
  return { architecture, os, 'os.version': osVersion, variant };
}
