import type { ArchiveLayer } from '../../archive/archive-image';
import { shortDigest, type Digest } from '../../oci/digest';
import type { PlannedSource } from '../../registry/pull/image-copy';
import { StoreError } from '../../store/errors';
import type { Store } from '../../store/store';
import type { ImageJobs } from '../image/image-jobs';
import { openArchiveImage, type OpenedImage } from '../image/opened-image';

export interface PulledImageParts {
  /** As people write them. */
  readonly names: readonly string[];
  readonly store: Pick<Store, 'content' | 'indexes'>;
  readonly jobs: ImageJobs;
  /** Layers that have to be fetched. */
  readonly arriving: readonly Digest[];
}

/** An image that is being pulled: browsable while its layers are on their way. Their files can be read once they are here. */
export function openPulledImage(
  { chosen, copies }: PlannedSource,
  { names, store, jobs, arriving }: PulledImageParts,
): Promise<OpenedImage> {
  const { descriptor, manifest, config, documents, platform } = chosen;
  const [rawManifest, rawConfig] = documents.map(({ bytes }) => Promise.resolve(bytes));
  const none = Promise.resolve(new Uint8Array());
  const imageId = manifest.config.digest;
  const layers = manifest.layers.flatMap((layer, i): ArchiveLayer[] => {
    const [copy, diffId] = [copies[i], config.diffIds[i]];
    return copy && diffId ? [{ descriptor: layer, diffId, what: copy.expected.what, copy }] : [];
  });
  return openArchiveImage({
    platform: {
      imageId,
      config,
      layers,
      core: {
        descriptor,
        rawManifest: () => rawManifest ?? none,
        rawConfig: () => rawConfig ?? none,
        blob: ({ digest }) => store.content.open(digest),
      },
    },
    names,
    platforms: [{ manifest: descriptor.digest, imageId, platform }],
    jobs,
    indexes: store.indexes,
    arriving,
    bytes: async (position) => {
      const digest = layers[position]?.descriptor.digest;
      const isHere = digest !== undefined && (await store.content.stat(digest)) !== undefined;
      const blob = isHere ? (await store.content.open(digest)).blob : undefined;
      if (blob) return blob;
      const name = digest === undefined ? '' : ` ${shortDigest(digest)}`;
      throw new StoreError(
        'blob-missing',
        `The layer${name} has not come yet; its files can be read once it is here.`,
      );
    },
    onClose: () => undefined,
  });
}
