import { LIMITS } from '../base/limits';
import { parseDescriptor, type Descriptor } from './descriptor';
import { Fields, parseJson } from './json';
import { isConfigType, isLayerType, MediaType } from './media-types';

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md, and docker's schema 2, which has the same shape. */
export interface Manifest {
  readonly mediaType: string;
  readonly config: Descriptor;
  /** Base layer first. */
  readonly layers: readonly Descriptor[];
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Throws `bad-json`, `bad-document`, `bad-digest`, `json-too-large` or `json-too-deep`. */
export function parseManifest(bytes: Uint8Array, what = 'The manifest'): Manifest {
  const fields = new Fields(parseJson(bytes, { what, maxBytes: LIMITS.manifestBytes }), what);
  const artifactType = fields.optionalString('artifactType');
  const subject = fields.raw('subject') ?? undefined;
  return {
    mediaType: fields.optionalString('mediaType') ?? MediaType.ociManifest,
    config: parseDescriptor(fields.raw('config'), `config of ${what}`),
    layers: fields
      .array('layers')
      .map((layer, i) => parseDescriptor(layer, `layer ${i} of ${what}`)),
    annotations: fields.stringMap('annotations'),
    ...(artifactType ? { artifactType } : {}),
    ...(subject === undefined ? {} : { subject: parseDescriptor(subject, `subject of ${what}`) }),
  };
}

/**
 * The artifact type of a manifest that holds no image (a chart, a signature, an SBOM), undefined for an image.
 * https://github.com/opencontainers/image-spec/blob/main/manifest.md#guidelines-for-artifact-usage
 */
export function artifactTypeOf(manifest: Manifest): string | undefined {
  if (manifest.artifactType) return manifest.artifactType;
  const { mediaType } = manifest.config;
  if (mediaType === '' || isConfigType(mediaType)) {
    const other = manifest.layers.find((layer) => layer.mediaType && !isLayerType(layer.mediaType));
    return other && manifest.layers.every((layer) => !isLayerType(layer.mediaType))
      ? other.mediaType
      : undefined;
  }
  if (mediaType === MediaType.ociEmpty) {
    return manifest.layers[0]?.mediaType ?? mediaType;
  }
  // Old tools call a config `application/octet-stream`; what holds filesystem layers is an image all the same.
  return mediaType === 'application/octet-stream' &&
    manifest.layers.some((l) => isLayerType(l.mediaType))
    ? undefined
    : mediaType;
}
