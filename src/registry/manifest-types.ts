import { MediaType } from '../oci/media-types';

/** What a manifest request accepts. All of it: some registries answer "unknown" for an image of a type that is not listed. */
export const MANIFEST_TYPES = [
  MediaType.ociIndex,
  MediaType.ociManifest,
  MediaType.dockerIndex,
  MediaType.dockerManifest,
  MediaType.dockerSchema1Signed,
  MediaType.dockerSchema1,
  'application/json',
].join(', ');
