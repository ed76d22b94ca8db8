import type { AbortOptions } from '../../base/task';
import type { Descriptor } from '../../oci/descriptor';
import { digestHex, type Digest } from '../../oci/digest';
import { artifactTypeOf, parseManifest } from '../../oci/manifest';
import { isManifestType } from '../../oci/media-types';
import type { Registry } from '../client';
import { RegistryError, type RegistryErrorCode } from '../errors';
import { fetchDocument } from './remote-document';

/** Signatures, attestations, bills of materials. */
const SUFFIXES = ['sig', 'att', 'sbom'] as const;

/** How registries say that there is no such tag. Some refuse what nobody may know of. */
const ABSENT: ReadonlySet<RegistryErrorCode> = new Set(['not-found', 'denied', 'unauthorized']);

/**
 * What cosign puts beside a manifest where it does not name it as a subject: under the tags `sha256-….sig`, `.att` and `.sbom`.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#storage
 */
export async function listCosignTags(
  registry: Registry,
  { repository, subject }: { readonly repository: string; readonly subject: Digest },
  options: AbortOptions = {},
): Promise<readonly Descriptor[]> {
  const found = await Promise.all(
    SUFFIXES.map((suffix) => {
      const tag = `sha256-${digestHex(subject)}.${suffix}`;
      return readTag(registry, { repository, subject, tag }, options);
    }),
  );
  return found.filter((each) => each !== undefined);
}

/** Undefined where there is no such tag, or one that is no manifest of its own: a registry may take it for the subject itself. */
async function readTag(
  registry: Registry,
  {
    subject,
    ...named
  }: { readonly repository: string; readonly tag: string; readonly subject: Digest },
  options: AbortOptions,
): Promise<Descriptor | undefined> {
  try {
    const reference = { registry: registry.host, ...named };
    const { descriptor, bytes } = await fetchDocument(registry, reference, options);
    if (descriptor.digest === subject || !isManifestType(descriptor.mediaType)) return undefined;
    const artifactType = artifactTypeOf(parseManifest(bytes, `the manifest ${named.tag}`));
    return artifactType === undefined ? descriptor : { ...descriptor, artifactType };
  } catch (error) {
    if (error instanceof RegistryError && ABSENT.has(error.code)) return undefined;
    throw error;
  }
}
