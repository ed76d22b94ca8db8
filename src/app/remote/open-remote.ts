import { encodeUtf8 } from '../../base/bytes';
import { isCoded } from '../../base/errors';
import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import { artifactKind, artifactTypeOfEntry } from '../../oci/artifact-name';
import type { Digest } from '../../oci/digest';
import { parseImageConfig } from '../../oci/image-config';
import { parseImageIndex } from '../../oci/image-index';
import { artifactTypeOf, parseManifest, type Manifest } from '../../oci/manifest';
import { isIndexType } from '../../oci/media-types';
import { matchesPlatform, type Platform } from '../../oci/platform';
import { withDefaultTag, type Reference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import type { Registries } from '../../registry/registries';
import { listReferrers } from '../../registry/remote/referrers';
import { fetchBlob, type RemoteDocument } from '../../registry/remote/remote-document';
import {
  openRemoteImage,
  remoteConfig,
  type RemoteImage,
  type RemotePlatform,
} from '../../registry/remote/remote-image';
import type { LookAtLayer } from '../../registry/remote/remote-layer';
import type { ImageJobs } from '../image/image-jobs';
import type { ImageSource } from '../image/image-source';
import type { Tasks } from '../tasks.svelte';
import { KeptLayers } from './kept-layers';
import type { RemoteDocumentFacts, RemoteFacts } from './remote-facts';
import { remoteSource } from './remote-source';
import type { StoredLayers } from './stored-layers';

export interface OpenRemoteParts {
  readonly registries: () => Promise<Registries>;
  /** The platform that is shown where none is asked for. */
  readonly platform: Platform;
  readonly lookAtLayer: LookAtLayer;
  readonly jobs: ImageJobs;
  readonly tasks: Tasks;
  readonly storedLayers: StoredLayers;
}

/** What is asked for: a reference, and of its platforms one by the digest of its manifest. */
export interface AskedRemote {
  readonly reference: Reference;
  readonly manifest?: Digest | undefined;
  /** What was read of its layers before, and where goes what is read now. */
  readonly kept?: KeptLayers | undefined;
}

/** Opens what a registry has under a reference, to be explored there. Of layers nothing is fetched. Rejects as `openRemoteImage` does. */
export async function openRemote(
  { reference, manifest, kept = new KeptLayers() }: AskedRemote,
  parts: OpenRemoteParts,
  options: AbortOptions = {},
): Promise<ImageSource> {
  const tagged = withDefaultTag(reference);
  const client = (await parts.registries()).open(tagged.registry);
  const image = await openRemoteImage(client, tagged, options);
  const opening = { ...parts, client, reference: tagged, image, kept, options };
  const platform = choosePlatform(image.platforms, { manifest, wanted: parts.platform });
  return platform ? openPlatform(platform, opening) : openArtifact(opening);
}

interface Opening extends Omit<OpenRemoteParts, 'platform'> {
  readonly client: RegistryClient;
  readonly reference: Reference;
  readonly image: RemoteImage;
  readonly kept: KeptLayers;
  readonly options: AbortOptions;
}

function choosePlatform(
  platforms: readonly RemotePlatform[],
  asked: { readonly manifest: Digest | undefined; readonly wanted: Platform },
): RemotePlatform | undefined {
  const named = platforms.find(({ document }) => document.descriptor.digest === asked.manifest);
  const usual = platforms.find(
    ({ platform }) => platform && matchesPlatform(asked.wanted, platform),
  );
  return named ?? usual ?? platforms[0];
}

async function openPlatform(chosen: RemotePlatform, opening: Opening): Promise<ImageSource> {
  const { client, reference, image, options } = opening;
  const { document, manifest } = chosen;
  const { bytes, config } = await remoteConfig(client, reference.repository, {
    manifest,
    ...options,
  });
  const documents = document === image.root ? [document] : [image.root, document];
  return remoteSource({
    ...opening,
    descriptor: document.descriptor,
    imageId: manifest.config.digest,
    layers: manifest.layers,
    platforms: image.platforms.map((each) => ({
      manifest: each.document.descriptor.digest,
      imageId: each.manifest.config.digest,
      platform: each.platform ?? config.platform,
    })),
    config,
    rawConfig: bytes,
    rawManifest: document.bytes,
    facts: factsOf(opening, { documents, manifest, artifact: undefined }),
  });
}

/** What is no image has neither configuration nor files: what names it is all there is to see. */
function openArtifact(opening: Opening): Promise<ImageSource> {
  const { root, artifact, others } = opening.image;
  const [first] = others;
  const type = artifact?.type ?? (first && artifactTypeOfEntry(first)) ?? '';
  const rawConfig = encodeUtf8('{}');
  return remoteSource({
    ...opening,
    descriptor: root.descriptor,
    imageId: artifact?.manifest.config.digest ?? root.descriptor.digest,
    layers: [],
    platforms: [],
    config: parseImageConfig(rawConfig),
    rawConfig,
    rawManifest: root.bytes,
    facts: factsOf(opening, {
      documents: [root],
      manifest: artifact?.manifest,
      artifact: artifactKind(type),
    }),
  });
}

function factsOf(
  { client, reference, image }: Opening,
  shown: {
    readonly documents: readonly RemoteDocument[];
    readonly manifest: Manifest | undefined;
    readonly artifact: RemoteFacts['artifact'];
  },
): Omit<RemoteFacts, 'reference' | 'fetching'> {
  const { repository } = reference;
  const subjects = new Set(shown.documents.map(({ descriptor }) => descriptor.digest));
  return {
    digest: image.root.descriptor.digest,
    documents: shown.documents.map((document) => documentFacts(document, shown.manifest)),
    artifact: shown.artifact,
    sizes: new Map(image.platforms.map(({ document, size }) => [document.descriptor.digest, size])),
    async listReferrers(options) {
      const found = await Promise.all(
        [...subjects].map((subject) => listReferrers(client, { repository, subject }, options)),
      );
      const all = [...image.others, ...found.flat()];
      return [...new Map(all.map((each) => [each.digest, each])).values()];
    },
    async readDocument(digest, options) {
      const bytes = await client.manifest(repository, { digest }, options);
      return beside(digest, bytes);
    },
    readBlob: (blob, options) =>
      fetchBlob(client, repository, {
        ...options,
        blob,
        what: `the blob ${blob.digest}`,
        maxBytes: LIMITS.manifestBytes,
      }),
  };
}

/** A document that nobody has said the type of: what it says itself. What is neither index nor manifest names nothing. */
function beside(digest: Digest, bytes: Uint8Array): RemoteDocumentFacts {
  const { manifests, mediaType } = parseImageIndex(bytes, `the manifest ${digest}`);
  const descriptor = { mediaType, digest, size: bytes.length };
  if (manifests.length > 0) return { kind: 'index', descriptor, bytes, names: manifests };
  try {
    const manifest = parseManifest(bytes);
    const own = { ...descriptor, mediaType: artifactTypeOf(manifest) ?? manifest.mediaType };
    return {
      kind: 'manifest',
      descriptor: own,
      bytes,
      names: [manifest.config, ...manifest.layers],
    };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { kind: 'manifest', descriptor, bytes, names: [] };
  }
}

function documentFacts(
  { descriptor, bytes }: RemoteDocument,
  manifest: Manifest | undefined,
): RemoteDocumentFacts {
  if (isIndexType(descriptor.mediaType)) {
    return { kind: 'index', descriptor, bytes, names: parseImageIndex(bytes).manifests };
  }
  const names = manifest ? [manifest.config, ...manifest.layers] : [];
  return { kind: 'manifest', descriptor, bytes, names };
}
