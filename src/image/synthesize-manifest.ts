import { encodeUtf8 } from '../base/bytes';
import type { LayerCompression } from '../layer/ingest-layer';
import type { Digest } from '../oci/digest';
import { MediaType } from '../oci/media-types';

interface ManifestPart {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Layers in the order of the image, base first. */
export interface ManifestParts {
  readonly config: ManifestPart;
  readonly layers: readonly (ManifestPart & { readonly compression: LayerCompression })[];
}

/**
 * The OCI manifest of an image that came without one. The same parts give the same bytes, so that an archive loaded twice is one image.
 * No registry knows its digest: it is never shown as a RepoDigest.
 */
export function synthesizeManifest({ config, layers }: ManifestParts): Uint8Array<ArrayBuffer> {
  return encodeUtf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MediaType.ociManifest,
      config: { mediaType: MediaType.ociConfig, digest: config.digest, size: config.size },
      layers: layers.map(({ digest, size, compression }) => ({
        mediaType: layerMediaType(compression),
        digest,
        size,
      })),
    }),
  );
}

/** The media type of a layer as it is compressed. The spec names none for xz and bzip2; the suffix says it all the same. */
export function layerMediaType(compression: LayerCompression): string {
  return compression === 'none' ? MediaType.ociLayer : `${MediaType.ociLayer}+${compression}`;
}
