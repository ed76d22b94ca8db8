import { LIMITS } from '../base/limits';
import type { CopyDocument } from '../image/copy';
import { layerName } from '../layer/layer-name';
import type { Descriptor } from '../oci/descriptor';
import { parseImageConfig, type ImageConfig } from '../oci/image-config';
import type { Manifest } from '../oci/manifest';
import { isForeignLayerType } from '../oci/media-types';
import { withListedVariant, type Platform } from '../oci/platform';
import { blobPath, type ArchiveContents, type ArchiveDocument } from './archive-contents';
import {
  archiveCore,
  checkLayerCount,
  type ArchiveLayer,
  type ArchivePlatform,
} from './archive-image';
import { ArchiveError } from './errors';

/** A platform with the documents that are its own: its manifest and its configuration. */
export interface TreePlatform extends ArchivePlatform {
  readonly documents: readonly CopyDocument[];
}

/** A manifest of an image as it was found in an archive. */
export interface FoundManifest {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `blobs/sha256/… in app.tar` */
  readonly what: string;
}

export type PlatformResult =
  | {
      readonly kind: 'here';
      readonly platform: TreePlatform;
      /** A layer that is missing, a size that is wrong. */
      readonly faults: readonly Error[];
    }
  /** None of its blobs is in the archive: no error beside another platform, `fault` where it is the only one. */
  | { readonly kind: 'hollow'; readonly platform: Platform; readonly fault: Error };

/** Follows a manifest to its configuration and layers. Throws what is wrong with the configuration, and `bad-manifest`. */
export async function readPlatform(
  contents: ArchiveContents,
  found: FoundManifest,
): Promise<PlatformResult> {
  const { descriptor, manifest } = found;
  const lacking = manifest.layers.filter(({ digest }) => !contents.entries.find(blobPath(digest)));
  const isHollow = lacking.length === manifest.layers.length;
  const config = await contents.blobDocument(manifest.config.digest, LIMITS.configBytes);
  if (!config || (isHollow && lacking.length > 0)) {
    const fault = missing(contents, found, config ? lacking[0] : manifest.config);
    const platform = descriptor.platform ?? { os: '', architecture: '' };
    if (isHollow) return { kind: 'hollow', platform, fault };
    throw fault;
  }
  const parsed = parseImageConfig(config.bytes, `${config.file.path} in ${contents.name}`);
  checkLayerCount(parsed, { found: manifest.layers.length, what: found.what });
  return {
    kind: 'here',
    platform: treePlatform(contents, found, { document: config, config: parsed }),
    faults: lacking.map((layer) => missing(contents, found, layer)),
  };
}

function treePlatform(
  contents: ArchiveContents,
  { descriptor, manifest, bytes }: FoundManifest,
  { document, config }: { readonly document: ArchiveDocument; readonly config: ImageConfig },
): TreePlatform {
  const imageId = manifest.config.digest;
  const layers = config.diffIds.flatMap((diffId, i): ArchiveLayer[] => {
    const layer = manifest.layers[i];
    if (!layer) return [];
    const { digest, size } = layer;
    const what = layerName(i, blobPath(digest));
    const file = contents.entries.find(blobPath(digest));
    const copy = file && contents.layer(file, { digest, size, diffId, what });
    return [{ descriptor: layer, diffId, what, copy }];
  });
  return {
    platform: withListedVariant(config.platform, descriptor.platform),
    imageId,
    config,
    core: archiveCore({
      archive: contents.name,
      manifest: { descriptor, bytes },
      config: { digest: imageId, bytes: document.bytes },
      layers,
    }),
    layers,
    documents: [
      { digest: descriptor.digest, bytes },
      { digest: imageId, bytes: document.bytes },
    ],
  };
}

function missing(
  { name }: ArchiveContents,
  { manifest, what }: FoundManifest,
  blob: Descriptor | undefined,
): ArchiveError {
  const position = blob ? manifest.layers.indexOf(blob) : -1;
  const part = position < 0 ? 'the configuration' : layerName(position);
  const foreign = blob !== undefined && isForeignLayerType(blob.mediaType);
  const kept = foreign ? ' (a foreign layer, which its vendor distributes)' : '';
  const digest = blob?.digest ?? '';
  return new ArchiveError(
    'missing-entry',
    `${what} names ${part}${kept}, ${digest}, which is not in the archive.`,
    { detail: { archive: name, what, digest, foreign } },
  );
}
