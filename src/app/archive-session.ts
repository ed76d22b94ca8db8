import type { ArchiveImage } from '../archive/archive-image';
import type { OpenedArchive } from '../archive/open-archive';
import { blobSource } from '../base/byte-source';
import type { TaskOptions } from '../base/task';
import type { CopyLayer } from '../image/copy';
import type { LayerSummary } from '../image/image-summary';
import type { StoreSinkParts } from '../image/store-sink';
import type { UnpackArchive } from '../layer/ingest-layer';
import { matchesPlatform, type Platform } from '../oci/platform';
import { familiarReference } from '../oci/reference';
import type { ImageJobs } from './image-jobs';
import type { AskedImage, ImageSource, Verification } from './image-source';
import type { OpenedImage } from './opened-image';

/** What opening, loading and exploring images needs. */
export interface ArchiveServices extends StoreSinkParts {
  readonly unpackArchive: UnpackArchive;
  readonly jobs: ImageJobs;
}

/** An image of an open archive: what a listing shows of it, and its platforms to be explored. */
export interface SessionImage {
  readonly image: ArchiveImage;
  /** The preferred platform first. */
  readonly platforms: readonly OpenedImage[];
}

/**
 * An archive that this tab has open: while it is being loaded, or, where that failed, to be looked into. Its images are browsed from the
 * file. What it holds is given back when it is closed and nobody browses it any more.
 */
export class ArchiveSession {
  readonly #archive: OpenedArchive;
  readonly #services: ArchiveServices;
  #images: readonly SessionImage[] = [];
  #users = 1;

  private constructor(archive: OpenedArchive, services: ArchiveServices) {
    this.#archive = archive;
    this.#services = services;
  }

  /** Reads the archive's documents, and no layer. Rejects with what is wrong with it where nothing of it can be browsed. */
  static async open(
    file: File,
    services: ArchiveServices,
    options: TaskOptions & { readonly platform: Platform },
  ): Promise<ArchiveSession> {
    const { openArchive } = await import('../archive/open-archive');
    const { unpackArchive } = services;
    const { signal, onProgress } = options;
    const archive = await openArchive(blobSource(file), {
      name: file.name,
      unpackArchive,
      signal,
      onProgress,
    });
    const session = new ArchiveSession(archive, services);
    await session.#openImages(options.platform);
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
    const { loadArchive } = await import('../archive/load');
    try {
      const { events } = await loadArchive(this.#archive, {
        ...this.#services,
        ...options,
        onPartialIndex: (layer, index) => this.#partial(layer, index),
        onLayer: (layer, summary) => this.#read(layer, summary),
      });
      this.#settle('verified');
      return events.flatMap((event) => {
        if (event.kind === 'moved') return [];
        return event.kind === 'loaded' ? event.name : event.imageId.slice(7, 19);
      });
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
    void this.#archive.close();
  }

  async #openImages(preferred: Platform): Promise<void> {
    const { openArchiveImage } = await import('./opened-image');
    const { jobs, store } = this.#services;
    const openPlatforms = (image: ArchiveImage): Promise<OpenedImage[]> => {
      const names = image.references.map(familiarReference);
      const platforms = image.platforms.map(({ core, imageId, platform }) => ({
        manifest: core.descriptor.digest,
        imageId,
        platform,
      }));
      const shared = {
        names,
        platforms,
        jobs,
        indexes: store.indexes,
        onClose: () => this.close(),
      };
      return Promise.all(
        image.platforms.map((platform) => openArchiveImage({ ...shared, platform })),
      );
    };
    this.#images = await Promise.all(
      this.#archive.images.map(async (image) => ({
        image,
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
    for (const image of this.#opened) void image.read(layer, summary);
  }

  #settle(verification: Exclude<Verification, 'verifying'>): void {
    for (const image of this.#opened) image.settle(verification);
  }
}

function preferredFirst(images: readonly OpenedImage[], platform: Platform): OpenedImage[] {
  const isPreferred = (image: OpenedImage): boolean =>
    matchesPlatform(platform, image.config.platform);
  return [...images].sort((a, b) => Number(isPreferred(b)) - Number(isPreferred(a)));
}
