import type { ArchiveLayer, ArchivePlatform } from '../../archive/archive-image';
import { ArchiveError } from '../../archive/errors';
import type { CopyLayer } from '../../image/copy';
import type { LayerSummary } from '../../image/image-summary';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import type { IndexStore } from '../../store/index-store';
import type { ImageJobs } from './image-jobs';
import type { ExploredLayer, ExploredPlatform, ImageSource, Verification } from './image-source';
import { LayerReader, type LayerBytes } from './layer-reader';
import { indexOf, LayerShelf } from './layer-shelf';
import { UnaskedIndexes } from './stored-indexes';

export interface OpenedImageParts {
  /** The image, readable straight from where it comes from. */
  readonly platform: Pick<ArchivePlatform, 'imageId' | 'config' | 'core' | 'layers'>;
  /** As people write them. */
  readonly names: readonly string[];
  /** All that the archive has of this image. */
  readonly platforms: readonly ExploredPlatform[];
  readonly jobs: ImageJobs;
  /** Where a running load puts its indexes; undefined where none runs, and the layers are indexed from the archive. */
  readonly indexes?: Pick<IndexStore, 'getAll'> | undefined;
  /** Where a layer's bytes are; in the archive without it. */
  readonly bytes?: LayerBytes | undefined;
  /** Called when one of those who explore it is done with it. */
  readonly onClose: () => void;
}

/** What a running load, or whoever looks inside, tells of an opened image. */
export interface OpenedImage extends ImageSource {
  /** What has been indexed of a layer that is still being read: `onPartialIndex` of a copy. */
  partial(layer: CopyLayer, index: ArrayBuffer): void;
  /** A layer is right, and its index stored: `onLayer` of a copy. The index is fetched once somebody asks for the layer. */
  read(layer: CopyLayer, summary: LayerSummary): void;
  /**
   * The load has ended. Where it failed, layers of which it had not read all are indexed from the archive, as far as that goes.
   */
  settle(verification: Exclude<Verification, 'verifying'>): void;
  /** Stops what it had begun: nobody explores it any more. */
  stop(): void;
}

/** An image of an archive that this tab has open: browsable while its layers are still being read. */
export async function openArchiveImage({
  platform,
  names,
  platforms,
  jobs,
  indexes,
  bytes = (position) => archiveBytes(platform.layers[position]),
  onClose,
}: OpenedImageParts): Promise<OpenedImage> {
  const [rawManifest, rawConfig] = await Promise.all([
    platform.core.rawManifest(),
    platform.core.rawConfig(),
  ]);
  const shelf = new LayerShelf(platform.layers.length);
  const controller = new AbortController();
  const reader = new LayerReader(jobs, shelf, bytes);
  const sizes = new Map<number, number>();
  let verification: Verification = indexes ? 'verifying' : 'unverified';

  const positionsOf = (layer: CopyLayer): number[] =>
    platform.layers.flatMap(({ copy }, position) => (copy === layer ? [position] : []));
  const index = (position: number): void => {
    const layer = platform.layers[position];
    const expected = layer?.copy?.expected;
    void reader
      .index(position, layer?.what ?? '', controller)
      .then(() => expected && reader.check(position, expected, controller))
      .catch((error: unknown) => {
        if (!controller.signal.aborted) shelf.fail(position, error);
      });
  };
  const indexWaiting = (): void => {
    for (const position of platform.layers.keys()) {
      const { kind } = shelf.get(position);
      if (kind === 'waiting' || kind === 'indexing') index(position);
    }
  };
  const unasked = indexes && new UnaskedIndexes(indexes, shelf, index);
  const isAnyCorrupt = (): boolean =>
    platform.layers.some((_, position) => shelf.get(position).kind === 'corrupt');
  if (!indexes) indexWaiting();

  return {
    get origin() {
      return verification === 'verified' ? 'stored' : 'opened';
    },
    imageId: platform.imageId,
    descriptor: platform.core.descriptor,
    names,
    platforms,
    config: platform.config,
    rawConfig,
    rawManifest,
    get verification() {
      return verification === 'unverified' && isAnyCorrupt() ? 'corrupt' : verification;
    },
    get layers() {
      return platform.layers.map(({ descriptor, diffId }, position): ExploredLayer => {
        const state = shelf.get(position);
        const known = state.kind === 'ready' ? indexOf(state)?.unpackedSize : undefined;
        return { position, descriptor, diffId, unpackedSize: sizes.get(position) ?? known };
      });
    },
    layerState(position) {
      unasked?.ask(position);
      return shelf.get(position);
    },
    want: () => undefined,
    readFile: (request, options) => reader.read(request, options),
    hashFile: (request, options) => reader.hash(request, options),
    onChange: (listener) => shelf.onChange(listener),
    close: onClose,
    partial(layer, buffer) {
      const partial = openLayerIndex(buffer);
      for (const position of positionsOf(layer)) {
        shelf.set(position, { kind: 'indexing', index: partial });
      }
    },
    read(layer, summary) {
      for (const position of positionsOf(layer)) {
        sizes.set(position, summary.unpackedSize);
        unasked?.add(position, summary.diffId);
      }
      shelf.tell();
    },
    settle(result) {
      verification = result;
      if (result !== 'verified') {
        // What a failed load has stored is on its way out.
        unasked?.forget();
        indexWaiting();
      }
      shelf.tell();
    },
    stop: () => controller.abort(),
  };
}

function archiveBytes(layer: ArchiveLayer | undefined): Promise<Blob> {
  const blob = layer?.copy?.bytes.blob;
  if (blob) return Promise.resolve(blob);
  const missing = new ArchiveError(
    'missing-entry',
    `The archive does not have ${layer?.what ?? 'this layer'}.`,
    {
      detail: { layer: layer?.what ?? '' },
    },
  );
  return Promise.reject(missing);
}
