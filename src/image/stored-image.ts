import { collect } from '../base/byte-source';
import { LIMITS } from '../base/limits';
import { Fields, parseJson } from '../oci/json';
import { MediaType } from '../oci/media-types';
import type { BlobReader } from '../store/content-store';
import type { ImageCore } from './image-core';
import type { PlatformSummary } from './image-summary';

/**
 * One platform of a stored image. Rejects with `blob-missing` where its manifest is not stored, and with what is wrong with the JSON of
 * one that was damaged.
 */
export async function openStoredImage(
  content: BlobReader,
  { manifest, imageId }: PlatformSummary,
): Promise<ImageCore> {
  const bytes = await collect((await content.open(manifest)).open());
  const what = `The manifest ${manifest}`;
  const fields = new Fields(parseJson(bytes, { what, maxBytes: LIMITS.manifestBytes }), what);
  const mediaType = fields.optionalString('mediaType') ?? MediaType.ociManifest;
  return {
    descriptor: { mediaType, digest: manifest, size: bytes.length },
    rawManifest: () => Promise.resolve(bytes),
    rawConfig: async () => collect((await content.open(imageId)).open()),
    blob: ({ digest }) => content.open(digest),
  };
}
