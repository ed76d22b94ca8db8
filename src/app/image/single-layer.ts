import { archiveCore, type ArchiveLayer } from '../../archive/archive-image';
import { blobSource, bytesSource } from '../../base/byte-source';
import { encodeUtf8 } from '../../base/bytes';
import type { AbortOptions } from '../../base/task';
import type { HashBlob } from '../../image/store-sink';
import type { Descriptor } from '../../oci/descriptor';
import { parseImageConfig } from '../../oci/image-config';
import { MediaType } from '../../oci/media-types';
import type { FileImage } from './archive-session';

/**
 * An image around a layer that has none: a configuration and a manifest that say no more than is known. Its layer goes by the digest of its
 * bytes, which are read once for it.
 */
export async function singleLayerImage(
  file: File,
  hashBlob: HashBlob,
  options: AbortOptions,
): Promise<FileImage> {
  const bytes = blobSource(file);
  const digest = await hashBlob(bytes, options);
  const layer: Descriptor = { mediaType: MediaType.ociLayer, digest, size: file.size };
  const config = await document(
    {
      architecture: '',
      os: '',
      rootfs: { type: 'layers', diff_ids: [digest] },
      history: [{ created_by: file.name }],
    },
    { mediaType: MediaType.ociConfig, hashBlob },
  );
  const manifest = await document(
    {
      schemaVersion: 2,
      mediaType: MediaType.ociManifest,
      config: config.descriptor,
      layers: [layer],
    },
    { mediaType: MediaType.ociManifest, hashBlob },
  );
  const what = `the layer ${file.name}`;
  const layers: ArchiveLayer[] = [
    { descriptor: layer, diffId: digest, what, copy: { bytes, expected: { what } } },
  ];
  const imageId = config.descriptor.digest;
  const parsed = parseImageConfig(config.bytes);
  const core = archiveCore({
    archive: file.name,
    manifest,
    config: { digest: imageId, bytes: config.bytes },
    layers,
  });
  const platform = { platform: parsed.platform, imageId, config: parsed, core, layers };
  return { names: [file.name], platforms: [platform], absent: [] };
}

async function document(
  value: object,
  { mediaType, hashBlob }: { readonly mediaType: string; readonly hashBlob: HashBlob },
): Promise<{ readonly descriptor: Descriptor; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const bytes = encodeUtf8(JSON.stringify(value));
  const digest = await hashBlob(bytesSource(bytes));
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}
