import { artifactName } from '../../oci/artifact-name';
import { documentKind } from '../../oci/document-kind';
import { parseImageIndex, type ImageIndex } from '../../oci/image-index';
import { artifactTypeOf, parseManifest, type Manifest } from '../../oci/manifest';
import { RegistryError, schema1 } from '../errors';
import type { RemoteDocument } from './remote-document';

/** What a manifest or index of a registry says. */
export type ParsedDocument =
  | { readonly kind: 'index'; readonly index: ImageIndex }
  | {
      readonly kind: 'manifest';
      readonly manifest: Manifest;
      /** What it is, where that is no image. */
      readonly artifactType: string | undefined;
    };

/** Where a document was found. */
export interface DocumentPlace {
  readonly host: string;
  readonly repository: string;
}

/** Throws `schema1`, `artifact` for what is neither manifest nor index, and what is wrong with it. */
export function parseDocument(
  { descriptor, bytes }: RemoteDocument,
  { host, repository }: DocumentPlace,
): ParsedDocument {
  const { digest, mediaType, artifactType } = descriptor;
  const what = `The manifest ${digest} of ${host}`;
  switch (documentKind(descriptor, bytes, what)) {
    case 'index':
      return { kind: 'index', index: parseImageIndex(bytes, what) };
    case 'manifest': {
      const manifest = parseManifest(bytes, what);
      return { kind: 'manifest', manifest, artifactType: artifactTypeOf(manifest) };
    }
    case 'schema1':
      throw schema1(host, digest);
    case 'other':
      throw noImage(artifactType ?? mediaType, digest, { host, repository });
  }
}

/** The error for what a registry has in an image's place. */
export function noImage(
  type: string,
  digest: string,
  { host, repository }: DocumentPlace,
): RegistryError {
  const typed = type === '' ? '' : ` (${type.slice(0, 100)})`;
  return new RegistryError(
    'artifact',
    `${host}/${repository} holds ${artifactName(type)}${typed} there, not a container image.`,
    { detail: { host, artifactType: type.slice(0, 100), digest } },
  );
}
