import { encodeUtf8 } from '../../base/bytes';
import type { JsonValue } from '../../base/errors';
import { layerMediaType } from '../../image/synthesize-manifest';
import type { LayerCompression } from '../../layer/ingest-layer';
import type { Digest } from '../../oci/digest';
import { isArray, isObject, parseJson, type JsonObject } from '../../oci/json';
import { MediaType } from '../../oci/media-types';

/** A layer as a new manifest names it. */
export interface NewLayer {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly compression: LayerCompression;
  /** False where it is as it was. */
  readonly isNew: boolean;
}

/** A document that takes another's place. */
export interface NewDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/**
 * A manifest with layers packed anew, by the digests that it has for them. Always an OCI one, as docker's schema 2 has no word for zstd; all that
 * is not about the layers' bytes stays, in its order.
 */
export function rewriteManifest(
  bytes: Uint8Array,
  layers: ReadonlyMap<string, NewLayer>,
  what: string,
): Uint8Array<ArrayBuffer> {
  const manifest = objectOf(parseJson(bytes, { what }));
  return toBytes({
    ...manifest,
    mediaType: MediaType.ociManifest,
    config: { ...objectOf(manifest['config']), mediaType: MediaType.ociConfig },
    layers: listOf(manifest['layers']).map((layer) => rewriteLayer(objectOf(layer), layers)),
  });
}

function rewriteLayer(layer: JsonObject, layers: ReadonlyMap<string, NewLayer>): JsonObject {
  const now = layers.get(digestIn(layer));
  if (!now) return layer;
  const { compression, digest, size, isNew } = now;
  const mediaType = layerMediaType(compression);
  if (!isNew) return { ...layer, mediaType };
  // What annotations say (eStargz's and zstd:chunked's tables of contents) and urls lead to are the bytes that were.
  return { ...without(layer, ['annotations', 'urls']), mediaType, digest, size };
}

/** An index whose entries lead to new documents, by the digests that it has for them; those of `left` are left out, and twins that became the same. */
export function rewriteIndex(
  bytes: Uint8Array,
  entries: ReadonlyMap<string, NewDescriptor>,
  left: ReadonlySet<string>,
): Uint8Array<ArrayBuffer> {
  const index = objectOf(parseJson(bytes, { what: 'the index' }));
  const manifests = new Map<string, JsonObject>();
  for (const value of listOf(index['manifests'])) {
    const entry = objectOf(value);
    const digest = digestIn(entry);
    if (left.has(digest)) continue;
    const now = entries.get(digest);
    const rewritten = now ? { ...withoutCompression(entry), ...now } : entry;
    const key = digestIn(rewritten);
    if (!manifests.has(key)) manifests.set(key, rewritten);
  }
  return toBytes({ ...index, mediaType: MediaType.ociIndex, manifests: [...manifests.values()] });
}

/** By which podman and skopeo tell twins of one platform apart. */
const ZSTD_TWIN = 'io.github.containers.compression.zstd';

function withoutCompression(entry: JsonObject): JsonObject {
  const annotations = without(objectOf(entry['annotations']), [ZSTD_TWIN]);
  const rest = without(entry, ['annotations']);
  return Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function digestIn(descriptor: JsonObject): string {
  const digest = descriptor['digest'];
  return typeof digest === 'string' ? digest : '';
}

/** These documents have been parsed before: what is no object or list here was refused then. */
function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isArray(value) ? value : [];
}

function toBytes(value: JsonValue): Uint8Array<ArrayBuffer> {
  return encodeUtf8(JSON.stringify(value));
}
