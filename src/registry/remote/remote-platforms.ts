import type { AbortOptions } from '../../base/task';
import type { Digest } from '../../oci/digest';
import { attestedDigest } from '../../oci/image-index';
import { isForeignLayerType } from '../../oci/media-types';
import type { Platform } from '../../oci/platform';
import type { Reference } from '../../oci/reference';
import type { Registry } from '../client';
import { listHubTags } from '../search/hub';
import {
  openRemoteImage,
  remoteConfig,
  type RemoteImage,
  type RemotePlatform,
} from './remote-image';
import type { Transport } from '../http/transport';

/** One platform of a remote image, and what pulling it would fetch. */
export interface OfferedPlatform {
  readonly manifest: Digest;
  readonly platform: Platform;
  /** Bytes of layers and configuration. */
  readonly size: number;
  /** Layers that their vendor alone distributes, so that the registry need not have them; undefined where it is not known. */
  readonly foreignLayers?: number | undefined;
}

/** What a tag or digest stands for, before anything of it is pulled. */
export interface RemotePlatforms {
  /** Of the index, where there is one. */
  readonly digest: Digest;
  /** In the order of the index. */
  readonly platforms: readonly OfferedPlatform[];
  readonly hasAttestations: boolean;
  /** Types of what is there beside platforms, or in their place: charts, signatures, modules. Attestations are not among them. */
  readonly artifactTypes: readonly string[];
}

/** The platforms of a remote image by its manifests. Rejects as `openRemoteImage` does. */
export async function readRemotePlatforms(
  registry: Registry,
  reference: Reference,
  options: AbortOptions = {},
): Promise<RemotePlatforms> {
  const image = await openRemoteImage(registry, reference, options);
  const { root, platforms, others } = image;
  const offered = async (each: RemotePlatform): Promise<OfferedPlatform> => ({
    manifest: each.document.descriptor.digest,
    platform: each.platform ?? (await platformOf(registry, reference, { ...each, ...options })),
    size: each.size,
    foreignLayers: each.manifest.layers.filter((layer) => isForeignLayerType(layer.mediaType))
      .length,
  });
  return {
    digest: root.descriptor.digest,
    platforms: await Promise.all(platforms.map(offered)),
    hasAttestations: others.some((other) => attestedDigest(other) !== undefined),
    artifactTypes: artifactTypesOf(image),
  };
}

function artifactTypesOf({ artifact, others }: RemoteImage): readonly string[] {
  const beside = others
    .filter((other) => attestedDigest(other) === undefined)
    .map(({ artifactType, mediaType }) => artifactType ?? mediaType);
  return [...new Set([...(artifact ? [artifact.type] : []), ...beside])];
}

/**
 * The same of Docker Hub, by what its own pages ask: reading a manifest counts as a pull there, this does not. Undefined for a tag that Hub
 * does not list so.
 */
export async function readHubPlatforms(
  transport: Transport,
  { repository, tag = 'latest' }: Reference,
  options: AbortOptions = {},
): Promise<RemotePlatforms | undefined> {
  const { items } = await listHubTags(transport, repository, { ...options, name: tag });
  const found = items.find(({ name }) => name === tag);
  const platforms = (found?.platforms ?? []).flatMap(({ platform, digest, size }) =>
    digest === undefined ? [] : [{ manifest: digest, platform, size }],
  );
  if (found?.digest === undefined || platforms.length === 0) return undefined;
  return { digest: found.digest, platforms, hasAttestations: false, artifactTypes: [] };
}

/** Where no index says, the configuration does. */
async function platformOf(
  registry: Registry,
  { repository }: Reference,
  options: AbortOptions & Pick<RemotePlatform, 'manifest'>,
): Promise<Platform> {
  return (await remoteConfig(registry, repository, options)).config.platform;
}
