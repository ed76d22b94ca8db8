import type { AbortOptions } from '../../base/task';
import { LIMITS } from '../../base/limits';
import type { Descriptor } from '../../oci/descriptor';
import { parseImageConfig, type ImageConfig } from '../../oci/image-config';
import { attestedDigest } from '../../oci/image-index';
import type { Manifest } from '../../oci/manifest';
import { isIndexType, isManifestType } from '../../oci/media-types';
import type { Platform } from '../../oci/platform';
import type { Reference } from '../../oci/reference';
import type { Registry } from '../client';
import { RegistryError } from '../errors';
import { parseDocument } from './parsed-document';
import { fetchConfig, fetchDocument, type RemoteDocument } from './remote-document';

/** One platform of an image in a registry. */
export interface RemotePlatform {
  /** As the index has it; undefined where there is no index: the configuration knows. */
  readonly platform: Platform | undefined;
  readonly document: RemoteDocument;
  readonly manifest: Manifest;
  /** Bytes of its configuration and layers, as stored, each once. */
  readonly size: number;
}

/** What a reference leads to where that is no image: a chart, a signature, a module. */
export interface RemoteArtifact {
  readonly type: string;
  readonly manifest: Manifest;
}

/** An image in a registry, of which manifests alone were fetched. */
export interface RemoteImage {
  readonly root: RemoteDocument;
  /** In the order of the index. */
  readonly platforms: readonly RemotePlatform[];
  /** What the index names beside them: attestations, artifacts. */
  readonly others: readonly Descriptor[];
  /** What `root` is, where it is an artifact itself: there are no platforms then. */
  readonly artifact: RemoteArtifact | undefined;
}

/** Looks at an image without pulling it. Rejects as the registry does, and with `schema1` for a format that is gone. */
export async function openRemoteImage(
  registry: Registry,
  reference: Reference,
  options: AbortOptions = {},
): Promise<RemoteImage> {
  const root = await fetchDocument(registry, reference, options);
  const found: Found = { platforms: [], others: [], artifact: undefined };
  await visit(root, { registry, repository: reference.repository, found, depth: 0, ...options });
  return { root, ...found };
}

/** The configuration of one platform, checked against its digest. */
export async function remoteConfig(
  registry: Registry,
  repository: string,
  { manifest: { config }, signal }: AbortOptions & Pick<RemotePlatform, 'manifest'>,
): Promise<{ readonly bytes: Uint8Array; readonly config: ImageConfig }> {
  const bytes = await fetchConfig(registry, repository, { config, signal });
  return { bytes, config: parseImageConfig(bytes, `the configuration ${config.digest}`) };
}

interface Found {
  readonly platforms: RemotePlatform[];
  readonly others: Descriptor[];
  artifact: RemoteArtifact | undefined;
}

interface Visit extends AbortOptions {
  readonly registry: Registry;
  readonly repository: string;
  readonly found: Found;
  readonly depth: number;
}

async function visit(document: RemoteDocument, visiting: Visit): Promise<void> {
  const { descriptor } = document;
  const { registry, repository, found, depth } = visiting;
  const parsed = parseDocument(document, { host: registry.host, repository });
  if (parsed.kind === 'index') {
    if (depth === LIMITS.indexDepth) throw tooDeep(descriptor.digest);
    for (const child of parsed.index.manifests) await visitChild(child, visiting);
    return;
  }
  const { manifest, artifactType } = parsed;
  if (artifactType === undefined) {
    const { platform } = descriptor;
    found.platforms.push({ platform, document, manifest, size: sizeOf(manifest) });
  } else if (depth > 0) found.others.push({ ...descriptor, artifactType });
  else found.artifact = { type: artifactType, manifest };
}

async function visitChild(child: Descriptor, visiting: Visit): Promise<void> {
  const { registry, repository, found, depth, signal } = visiting;
  const isImage = isIndexType(child.mediaType) || isManifestType(child.mediaType);
  if (!isImage || attestedDigest(child) !== undefined) {
    found.others.push(child);
    return;
  }
  const bytes = await registry.manifest(repository, child, { signal });
  await visit({ descriptor: child, bytes }, { ...visiting, depth: depth + 1 });
}

function sizeOf({ config, layers }: Manifest): number {
  const sizes = new Map([config, ...layers].map(({ digest, size }) => [digest, size]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function tooDeep(digest: string): RegistryError {
  return new RegistryError(
    'limit-exceeded',
    `Indexes lie more than ${LIMITS.indexDepth} levels deep in each other.`,
    { detail: { digest, limit: LIMITS.indexDepth } },
  );
}
