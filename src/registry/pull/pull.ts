import { isCoded } from '../../base/errors';
import { copyImages, type CopiedImage, type CopyOptions } from '../../image/copy';
import { storeSink, type StoreSinkParts } from '../../image/store-sink';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import { isForeignLayerType } from '../../oci/media-types';
import type { Platform } from '../../oci/platform';
import { canonicalReference, type Reference } from '../../oci/reference';
import { choosePlatform } from './choose-platform';
import { RegistryError } from '../errors';
import { fetchingIngest, type FetchingParts, type PullLayer, type PullState } from './pull-layer';
import type { Registries } from '../registries';
import { knownImage, remoteImage, remoteLayers, type PlannedSource } from './image-copy';
import { PullSource, type ResolvedImage, type ChosenPlatform } from './pull-source';
import { StoredImages, type PulledNames } from './stored-images';
import { noteBegin, type PullKey, type WantedLayer } from './unfinished-pulls';

export interface PullParts extends StoreSinkParts {
  readonly registries: Registries;
  readonly pullLayer: PullLayer;
}

export interface PullOptions extends CopyOptions {
  /** What is taken out of an index. */
  readonly platform: Platform;
  readonly onEvent?: ((event: PullEvent) => void) | undefined;
}

/** A layer that a pull is about. */
export interface PlannedLayer {
  readonly digest: Digest;
  /** Bytes, as the manifest has it. */
  readonly size: number;
  /** Where it is in the image, from 0, the base: several where it is there more than once, as empty layers are. */
  readonly positions: readonly number[];
  /** It is here already and is not fetched. */
  readonly isStored: boolean;
  /** It and all layers below it are those of an image that is here: what docker calls "Already exists". */
  readonly isShared: boolean;
}

export type PullEvent =
  /** The registry has what the reference stands for. */
  | { readonly kind: 'resolved'; readonly digest: Digest }
  /** The layers of the manifest, as it names them; the configuration is still to be fetched. */
  | { readonly kind: 'listed'; readonly layers: readonly Pick<Descriptor, 'digest'>[] }
  /** What is to be had; no layers where the image is here already. */
  | {
      readonly kind: 'planned';
      readonly digest: Digest;
      readonly platform: Platform;
      readonly layers: readonly PlannedLayer[];
      /** What is to be copied; undefined where the image is here already. */
      readonly source: PlannedSource | undefined;
    }
  | { readonly kind: 'layer'; readonly digest: Digest; readonly state: PullState };

export interface PullResult {
  /** What the registry answers for the name: of the index, where there is one. */
  readonly digest: Digest;
  readonly imageId: Digest;
  readonly platform: Platform;
  /** The name meant another image before, or none. */
  readonly isNew: boolean;
  readonly image: CopiedImage;
}

/**
 * Pulls one image: by tag, or by digest where the reference has one. What is stored already is not fetched; what broke off before is gone on
 * with. Nothing shows before all of it is here and right. Rejects with `RegistryError`, or with what a layer has against it.
 */
export async function pullImage(
  reference: Reference,
  { registries, pullLayer, ...parts }: PullParts,
  { platform: asked, onEvent = () => undefined, ...options }: PullOptions,
): Promise<PullResult> {
  const registry = registries.open(reference.registry);
  const reader = new PullSource(registry, reference.repository, parts.store.content);
  const remote = await reader.read(reference, options);
  const { digest, descriptor } = remote.target;
  onEvent({ kind: 'resolved', digest });
  const entry = remote.isIndex ? choosePlatform(remote.manifests, asked) : descriptor;
  const chosen = await reader.platform(entry, {
    ...options,
    onManifest: ({ layers }) => onEvent({ kind: 'listed', layers }),
  });
  const { platform } = chosen;
  const imageId = chosen.manifest.config.digest;
  const names = namesOf(reference, digest);
  const images = await StoredImages.read(parts.store, blobsOf(remote, chosen));
  const isNew = await images.isNew(names, imageId);
  const known = images.withId(imageId, digest);
  const copies = remoteLayers(registry, reference.repository, chosen);
  const plan = known
    ? { layers: [], source: undefined }
    : { layers: images.plan(chosen), source: { chosen, copies } };
  onEvent({ kind: 'planned', digest, platform, ...plan });
  const image = known ? knownImage(known, names) : remoteImage({ remote, chosen, copies, names });
  const onState: FetchingParts['onState'] = (layer, state) =>
    onEvent({ kind: 'layer', digest: layer, state });
  const ingestLayer = fetchingIngest({ ...parts, pullLayer, registries, onState });
  const copy = (): Promise<readonly CopiedImage[]> =>
    copyImages([image], storeSink({ ...parts, ingestLayer }), {
      ...options,
      phase: 'downloading',
      onLayer: (layer, summary) => {
        options.onLayer?.(layer, summary);
        onState(summary.digest, { kind: 'stored' });
      },
    }).catch((error: unknown) => explainMissing(error, chosen));
  const wanted = plan.layers.filter(({ isStored }) => !isStored);
  const [copied] = await noting({ ...parts, key: { reference, platform: asked }, wanted }, copy);
  if (!copied) throw new RangeError('One image was copied, and there is none.');
  return { digest, imageId, platform, isNew, image: copied };
}

interface Noted extends Pick<PullParts, 'store' | 'now'> {
  readonly key: PullKey;
  readonly wanted: readonly WantedLayer[];
}

/** Runs a copy that fetches layers so that it can be found again where it breaks off. */
async function noting<T>({ store, now, key, wanted }: Noted, copy: () => Promise<T>): Promise<T> {
  if (wanted.length === 0) return copy();
  const note = await noteBegin(store, key, { layers: wanted, now });
  try {
    const copied = await copy();
    await note.done();
    return copied;
  } catch (error) {
    // What it was that failed matters more than that it can be found again.
    await note.brokenOff().catch(() => undefined);
    throw error;
  }
}

/** Throws what is to be said of a layer that the registry has not got: a foreign one it need not have. */
function explainMissing(error: unknown, { manifest }: ChosenPlatform): never {
  if (!isCoded(error) || error.code !== 'blob-unknown') throw error;
  const missing = manifest.layers.find((layer) => layer.digest === error.detail['digest']);
  if (!missing || !isForeignLayerType(missing.mediaType)) throw error;
  const { digest, urls = [] } = missing;
  const place = urls[0] && URL.canParse(urls[0]) ? ` (at ${new URL(urls[0]).host})` : '';
  throw new RegistryError(
    'foreign-layer',
    `The layer ${digest} is a foreign one, which its vendor alone distributes${place}; the registry has not got it.`,
    { detail: { digest, urls }, cause: error },
  );
}

/** All that makes the image up. */
function blobsOf({ target }: ResolvedImage, { manifest, documents }: ChosenPlatform): Digest[] {
  return [target, ...documents, ...manifest.layers].map(({ digest }) => digest);
}

function namesOf({ registry, repository, tag, digest }: Reference, target: Digest): PulledNames {
  return {
    tagged:
      tag === undefined || digest !== undefined
        ? undefined
        : canonicalReference({ registry, repository, tag }),
    repoDigest: canonicalReference({ registry, repository, digest: target }),
  };
}
