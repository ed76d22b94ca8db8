import { sha256Digest } from '../codec/hash/sha256';
import type { DescribedImage } from '../image/copy';
import type { LayerSummary } from '../image/image-summary';
import { summarizePlatform } from '../image/summary';
import { synthesizeManifest, type ManifestParts } from '../image/synthesize-manifest';
import type { Descriptor } from '../oci/descriptor';
import type { Digest } from '../oci/digest';
import type { ImageConfig } from '../oci/image-config';
import { MediaType } from '../oci/media-types';

export interface MadeManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The manifest that is made for an image without one, with its descriptor. */
export async function makeManifest(parts: ManifestParts): Promise<MadeManifest> {
  const bytes = synthesizeManifest(parts);
  const digest = await sha256Digest(bytes);
  return { descriptor: { mediaType: MediaType.ociManifest, digest, size: bytes.length }, bytes };
}

export interface MadeImageParts {
  /** Of the configuration: the image ID. */
  readonly digest: Digest;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly config: ImageConfig;
  readonly parent: Digest | undefined;
}

/** An image without a manifest of its own, described by its configuration and the layers as they were read. */
export async function describeMadeImage(
  { digest, bytes, config, parent }: MadeImageParts,
  layers: readonly LayerSummary[],
): Promise<DescribedImage> {
  const manifest = await makeManifest({ config: { digest, size: bytes.length }, layers });
  const platform = summarizePlatform({
    manifest: manifest.descriptor.digest,
    imageId: digest,
    config,
    layers,
    parent,
  });
  return {
    target: manifest.descriptor,
    documents: [
      { digest: manifest.descriptor.digest, bytes: manifest.bytes },
      { digest, bytes },
    ],
    summary: { platforms: [platform], absent: [] },
    repoDigests: [],
  };
}
