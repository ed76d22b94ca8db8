import type { ArchiveLayer, ArchivePlatform } from '../../archive/archive-image';
import { ArchiveError } from '../../archive/errors';
import type { AbortOptions } from '../../base/task';
import type { CopyLayer } from '../../image/copy';
import type { LayerSummary } from '../../image/image-summary';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import type { ImageConfig } from '../../oci/image-config';
import type { IndexStore } from '../../store/index-store';
import type { ImageJobs } from './image-jobs';
import type {
  ExploredLayer,
  ExploredPlatform,
  ImageSource,
  LayerState,
  ReadFileRequest,
  Verification,
} from './image-source';
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
  /** Layers that have yet to come. */
  readonly arriving?: readonly Digest[] | undefined;
  /** Where a layer's bytes are; in the archive without it. */
  readonly bytes?: LayerBytes | undefined;
  /** Called when one of those who explore it is done with it. */
  readonly onClose: () => void;
}

/** What becomes of an image that was being read. */
export type Settled = Exclude<Verification, 'verifying' | 'arriving'>;

/** What a running load, or whoever looks inside, tells of an opened image. */
export interface OpenedImage extends ImageSource {
  /** What has been indexed of a layer that is still being read: `onPartialIndex` of a copy. */
  partial(layer: CopyLayer, index: ArrayBuffer): void;
  /** So many bytes of a layer that had yet to come are here. */
  arrive(layer: Digest, bytes: number): void;
  /** A layer is right, and its index stored: `onLayer` of a copy. The index is fetched once somebody asks for the layer. */
  read(layer: CopyLayer, summary: LayerSummary): void;
  /**
   * The load has ended. Where it failed, layers of which it had not read all are indexed from the archive, as far as that goes.
   */
  settle(verification: Settled): void;
  /** Stops what it had begun: nobody explores it any more. */
  stop(): void;
}

/** An image of an archive that this tab has open: browsable while its layers are still being read. */
export async function openArchiveImage(parts: OpenedImageParts): Promise<OpenedImage> {
  const { core } = parts.platform;
  const [rawManifest, rawConfig] = await Promise.all([core.rawManifest(), core.rawConfig()]);
  return new ArchiveImage(parts, { rawManifest, rawConfig });
}

class ArchiveImage implements OpenedImage {
  readonly imageId: Digest;
  readonly descriptor: Descriptor;
  readonly names: readonly string[];
  readonly platforms: readonly ExploredPlatform[];
  readonly config: ImageConfig;
  readonly rawManifest: Uint8Array;
  readonly rawConfig: Uint8Array;
  readonly #layers: readonly ArchiveLayer[];
  readonly #shelf: LayerShelf;
  readonly #reader: LayerReader;
  readonly #unasked: UnaskedIndexes | undefined;
  readonly #onClose: () => void;
  readonly #sizes = new Map<number, number>();
  /** Bytes that are here of layers that have not come whole. */
  readonly #arrived: Map<Digest, number>;
  readonly #controller = new AbortController();
  #verification: Verification;

  constructor(
    { platform, names, platforms, jobs, indexes, arriving = [], bytes, onClose }: OpenedImageParts,
    { rawManifest, rawConfig }: Pick<ImageSource, 'rawManifest' | 'rawConfig'>,
  ) {
    const { imageId, core, config, layers } = platform;
    this.imageId = imageId;
    this.descriptor = core.descriptor;
    this.names = names;
    this.platforms = platforms;
    this.config = config;
    this.rawManifest = rawManifest;
    this.rawConfig = rawConfig;
    this.#layers = layers;
    this.#shelf = new LayerShelf(layers.length);
    const bytesOf = bytes ?? ((position: number) => archiveBytes(layers[position]));
    this.#reader = new LayerReader(jobs, this.#shelf, bytesOf);
    const index = (position: number): void => this.#index(position);
    this.#unasked = indexes && new UnaskedIndexes(indexes, this.#shelf, index);
    this.#onClose = onClose;
    this.#arrived = new Map(arriving.map((digest) => [digest, 0]));
    this.#verification = indexes ? 'verifying' : 'unverified';
    if (!indexes) this.#indexWaiting();
  }

  get origin(): ImageSource['origin'] {
    return this.#verification === 'verified' ? 'stored' : 'opened';
  }

  get verification(): Verification {
    if (this.#arrived.size > 0) return this.#verification === 'verifying' ? 'arriving' : 'missing';
    const isCorrupt = this.#verification === 'unverified' && this.#isAnyCorrupt();
    return isCorrupt ? 'corrupt' : this.#verification;
  }

  get layers(): readonly ExploredLayer[] {
    return this.#layers.map(({ descriptor, diffId }, position) => {
      const state = this.#shelf.get(position);
      const known = state.kind === 'ready' ? indexOf(state)?.unpackedSize : undefined;
      const unpackedSize = this.#sizes.get(position) ?? known;
      const arrived = this.#arrived.get(descriptor.digest);
      return { position, descriptor, diffId, unpackedSize, arrived };
    });
  }

  layerState(position: number): LayerState {
    this.#unasked?.ask(position);
    return this.#shelf.get(position);
  }

  readFile(request: ReadFileRequest, options?: AbortOptions): Promise<Blob> {
    return this.#reader.read(request, options);
  }

  hashFile(request: ReadFileRequest, options?: AbortOptions): Promise<Digest> {
    return this.#reader.hash(request, options);
  }

  onChange(listener: () => void): () => void {
    return this.#shelf.onChange(listener);
  }

  close(): void {
    this.#onClose();
  }

  partial(layer: CopyLayer, buffer: ArrayBuffer): void {
    const index = openLayerIndex(buffer);
    for (const position of this.#positionsOf(layer)) {
      this.#shelf.set(position, { kind: 'indexing', index });
    }
  }

  arrive(digest: Digest, bytes: number): void {
    const layer = this.#layers.find(({ descriptor }) => descriptor.digest === digest);
    if (!layer || !this.#arrived.has(digest)) return;
    if (bytes < layer.descriptor.size) this.#arrived.set(digest, bytes);
    else this.#arrived.delete(digest);
    this.#shelf.tell();
  }

  read(layer: CopyLayer, { unpackedSize, diffId }: LayerSummary): void {
    for (const position of this.#positionsOf(layer)) {
      this.#sizes.set(position, unpackedSize);
      this.#unasked?.add(position, diffId);
    }
    this.#shelf.tell();
  }

  settle(verification: Settled): void {
    this.#verification = verification;
    if (verification !== 'verified') {
      // What a failed load has stored is on its way out.
      this.#unasked?.forget();
      this.#indexWaiting();
    }
    this.#shelf.tell();
  }

  stop(): void {
    this.#controller.abort();
  }

  #positionsOf(layer: CopyLayer): number[] {
    return this.#layers.flatMap(({ copy }, position) => (copy === layer ? [position] : []));
  }

  #isAnyCorrupt(): boolean {
    return this.#layers.some((_, position) => this.#shelf.get(position).kind === 'corrupt');
  }

  #indexWaiting(): void {
    for (const position of this.#layers.keys()) {
      const { kind } = this.#shelf.get(position);
      if (kind === 'waiting' || kind === 'indexing') this.#index(position);
    }
  }

  /** Indexes a layer from where its bytes are, and checks it where the archive says what it should be. */
  #index(position: number): void {
    const layer = this.#layers[position];
    const expected = layer?.copy?.expected;
    const { signal } = this.#controller;
    void this.#reader
      .index(position, layer?.what ?? '', { signal })
      .then(() => expected && this.#reader.check(position, expected, { signal }))
      .catch((error: unknown) => {
        if (!signal.aborted) this.#shelf.fail(position, error);
      });
  }
}

function archiveBytes(layer: ArchiveLayer | undefined): Promise<Blob> {
  const blob = layer?.copy?.bytes.blob;
  if (blob) return Promise.resolve(blob);
  const missing = new ArchiveError(
    'missing-entry',
    `The archive does not have ${layer?.what ?? 'this layer'}.`,
    { detail: { layer: layer?.what ?? '' } },
  );
  return Promise.reject(missing);
}
