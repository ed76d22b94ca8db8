import { LIMITS } from '../base/limits';
import { parseDescriptor, type Descriptor } from './descriptor';
import { Fields, parseJson } from './json';
import { MediaType } from './media-types';

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md, and docker's manifest list. */
export interface ImageIndex {
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly artifactType?: string;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Throws `bad-json`, `bad-document`, `bad-digest`, `json-too-large` or `json-too-deep`. */
export function parseImageIndex(bytes: Uint8Array, what = 'The index'): ImageIndex {
  const fields = new Fields(parseJson(bytes, { what, maxBytes: LIMITS.manifestBytes }), what);
  const artifactType = fields.optionalString('artifactType');
  return {
    mediaType: fields.optionalString('mediaType') ?? MediaType.ociIndex,
    // `manifests: null` is written by engines that save an image by its digest (moby#47210).
    manifests: fields
      .array('manifests')
      .map((manifest, i) => parseDescriptor(manifest, `manifest ${i} of ${what}`)),
    annotations: fields.stringMap('annotations'),
    ...(artifactType ? { artifactType } : {}),
  };
}

/** The digest of the image that an attestation manifest speaks of, undefined for what is no attestation. */
export function attestedDigest({ annotations }: Descriptor): string | undefined {
  return annotations?.get('vnd.docker.reference.type') === 'attestation-manifest'
    ? (annotations.get('vnd.docker.reference.digest') ?? '')
    : undefined;
}
