import type { ArchivePlatform } from '../../archive/archive-image';
import type { OpenedArchive } from '../../archive/open-archive';
import { blobSource } from '../../base/byte-source';
import type { TaskOptions } from '../../base/task';
import type { CopyLayer } from '../../image/copy';
import type { LayerSummary } from '../../image/image-summary';
import type { StoreSinkParts } from '../../image/store-sink';
import type { UnpackArchive } from '../../layer/ingest-layer';
import { shortDigest } from '../../oci/digest';
import { matchesPlatform, type Platform } from '../../oci/platform';
import { familiarReference } from '../../oci/reference';
import type { IndexStore } from '../../store/index-store';
import type { ImageJobs } from './image-jobs';
import { imageName } from '../library/image-name';
import type { AskedImage, ImageSource } from './image-source';
import type { OpenedImage, Settled } from './opened-image';

/** What opening, loading and exploring images needs. */
export interface ArchiveServices extends StoreSinkParts {
  readonly unpackArchive: UnpackArchive;
  readonly jobs: ImageJobs;
  /** To be called when a file is opened: workers are made while its documents are read. */
  readonly prepareWorkers: () => void;
}

/** An image that can be browsed from a file: of an archive, or made of a single layer. */
export interface FileImage {
  /** As people write them. */
  readonly names: readonly string[];
  readonly platforms: readonly ArchivePlatform[];
  /** Platforms that are named and not there. */
  readonly absent: readonly { readonly platform: Platform }[];
}

/** An image of an open file: what a listing shows of it, and its platforms to be explored. */
export interface SessionImage extends Pick<FileImage, 'absent'> {
  /** The preferred platform first. */
  readonly platforms: readonly OpenedImage[];
}

/**
 * A file that this tab has open: an archive while it is being loaded or, where that failed, to be looked into; a single layer. Its images are browsed from the
 * file. What it holds is given back when it is closed and nobody browses it any more.
 */
export class ArchiveSession {
  /** Undefined for a file that cannot be loaded. */
  readonly #archive: OpenedArchive | undefined;
  readonly #services: ArchiveServices;
  #images: readonly SessionImage[] = [];
  #users = 1;

  private constructor(archive: OpenedArchive | undefined, services: ArchiveServices) {
    this.#archive = archive;
    this.#services = services;
  }

  /** Reads the archive's documents, and no layer. Rejects with what is wrong with it where nothing of it can be browsed. */
  static async open(
    file: File,
    services: ArchiveServices,
    options: TaskOptions & { readonly platform: Platform },
  ): Promise<ArchiveSession> {
    const { openArchive } = await import('../../archive/open-archive');
    const { unpackArchive } = services;
    const { platform, signal, onProgress } = options;
    // It follows at once, and is fetched meanwhile; whoever needs it meets the error.
    import('../../archive/load').catch(() => undefined);
    const archive = await openArchive(blobSource(file), {
      name: file.name,
      unpackArchive,
      signal,
      onProgress,
    });
    const session = new ArchiveSession(archive, services);
    const images = archive.images.map(({ references, platforms, absent }) => ({
      names: references.map(familiarReference),
      platforms,
      absent,
    }));
    await session.#openImages(images, { preferred: platform, indexes: services.store.indexes });
    return session;
  }

  /** A root filesystem or a layer on its own, as an image that is there in this session only. Hashes it once. */
  static async openLayer(
    file: File,
    services: ArchiveServices,
    options: TaskOptions & { readonly platform: Platform },
  ): Promise<ArchiveSession> {
    const { singleLayerImage } = await import('./single-layer');
    const image = await singleLayerImage(file, services.hashBlob, options);
    const session = new ArchiveSession(undefined, services);
    await session.#openImages([image], { preferred: options.platform });
    return session;
  }

  /** In the order of the archive. */
  get images(): readonly SessionImage[] {
    return this.#images;
  }

  /** The image that is asked for; undefined where it is not in this archive. The archive stays open until the image is closed. */
  openImage({ imageId, manifest }: AskedImage): ImageSource | undefined {
    const image = this.#opened.find(
      (each) =>
        each.imageId === imageId && (manifest ?? each.descriptor.digest) === each.descriptor.digest,
    );
    if (image) this.#users++;
    return image;
  }

  /**
   * Loads all images into the store, or none. Resolves to their names, or IDs where they have none. What has been read of a layer can be
   * browsed at once.
   */
  async load(options: TaskOptions & { readonly platform: Platform }): Promise<readonly string[]> {
    const archive = this.#archive;
    if (!archive) return [];
    const { loadArchive } = await import('../../archive/load');
    try {
      const { images } = await loadArchive(archive, {
        ...this.#services,
        ...options,
        onPartialIndex: (layer, index) => this.#partial(layer, index),
        onLayer: (layer, summary) => this.#read(layer, summary),
      });
      this.#settle('verified');
      return images.flatMap(({ names, summary }) =>
        names.length > 0
          ? names.map((name) => imageName(name).text)
          : summary.platforms.slice(0, 1).map(({ imageId }) => shortDigest(imageId)),
      );
    } catch (error) {
      this.#settle(options.signal?.aborted ? 'unverified' : 'corrupt');
      throw error;
    }
  }

  /** Whoever opened it needs it no more. */
  close(): void {
    this.#users--;
    if (this.#users > 0) return;
    for (const image of this.#opened) image.stop();
    void this.#archive?.close();
  }

  /** With `indexes`, the layers are indexed by the load that follows; without, at once. */
  async #openImages(
    images: readonly FileImage[],
    { preferred, indexes }: { readonly preferred: Platform; readonly indexes?: IndexStore },
  ): Promise<void> {
    const { openArchiveImage } = await import('./opened-image');
    const openPlatforms = ({ names, platforms }: FileImage): Promise<OpenedImage[]> => {
      const all = platforms.map(({ core, imageId, platform }) => ({
        manifest: core.descriptor.digest,
        imageId,
        platform,
      }));
      const { jobs } = this.#services;
      const shared = { names, platforms: all, jobs, indexes, onClose: () => this.close() };
      return Promise.all(platforms.map((platform) => openArchiveImage({ ...shared, platform })));
    };
    this.#images = await Promise.all(
      images.map(async (image) => ({
        absent: image.absent,
        platforms: preferredFirst(await openPlatforms(image), preferred),
      })),
    );
  }

  get #opened(): readonly OpenedImage[] {
    return this.images.flatMap(({ platforms }) => platforms);
  }

  #partial(layer: CopyLayer, index: ArrayBuffer): void {
    for (const image of this.#opened) image.partial(layer, index);
  }

  #read(layer: CopyLayer, summary: LayerSummary): void {
    for (const image of this.#opened) image.read(layer, summary);
  }

  #settle(verification: Settled): void {
    for (const image of this.#opened) image.settle(verification);
  }
}

function preferredFirst(images: readonly OpenedImage[], platform: Platform): OpenedImage[] {
  const isPreferred = (image: OpenedImage): boolean =>
    matchesPlatform(platform, image.config.platform);
  return [...images].sort((a, b) => Number(isPreferred(b)) - Number(isPreferred(a)));
}
