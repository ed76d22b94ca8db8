import type { Descriptor } from './descriptor';
import { Fields, isArray, isObject, parseJson } from './json';
import { isIndexType, isManifestType, isSchema1Type } from './media-types';

export type DocumentKind = 'index' | 'manifest' | 'schema1' | 'other';

/**
 * What a document is: as the descriptor says that leads to it, else as the document says itself. Only where neither says anything known
 * (old tools leave the media type out) do its fields decide. Throws what is wrong with its JSON, except for `other`.
 */
export function documentKind(
  descriptor: Descriptor,
  bytes: Uint8Array,
  what: string,
): DocumentKind {
  const told = kindOfType(descriptor.mediaType);
  if (told) return told;
  const json = parseJson(bytes, { what });
  if (!isObject(json)) return 'other';
  const fields = new Fields(json, what);
  const itself = fields.raw('mediaType');
  const known = typeof itself === 'string' ? kindOfType(itself) : undefined;
  if (known) return known;
  if (isArray(fields.raw('fsLayers'))) return 'schema1';
  if (isArray(fields.raw('manifests'))) return 'index';
  return isArray(fields.raw('layers')) && isObject(fields.raw('config')) ? 'manifest' : 'other';
}

function kindOfType(mediaType: string): DocumentKind | undefined {
  if (isIndexType(mediaType)) return 'index';
  if (isManifestType(mediaType)) return 'manifest';
  return isSchema1Type(mediaType) ? 'schema1' : undefined;
}
