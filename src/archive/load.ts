import { copyImages, type CopiedImage, type CopyOptions } from '../image/copy';
import { ImageError } from '../image/errors';
import { shownPlatform } from '../image/image-list';
import { storeSink, type StoreSinkParts } from '../image/store-sink';
import { parseImageSummary } from '../image/summary';
import type { Digest } from '../oci/digest';
import { DEFAULT_PLATFORM, formatPlatform, type Platform } from '../oci/platform';
import { canonicalReference, familiarReference } from '../oci/reference';
import type { Store } from '../store/store';
import type { ImageSummary } from '../image/image-summary';
import type { ArchiveImage } from './archive-image';
import type { OpenedArchive } from './open-archive';

export interface LoadOptions extends CopyOptions, StoreSinkParts {
  /** Whose image ID is told where an image is there for several platforms; linux/amd64 without it. */
  readonly platform?: Platform | undefined;
  /** Of every image, this platform alone is loaded. */
  readonly only?: Platform | undefined;
}

/** What docker says of a load, line by line and in its order. Names as people write them. */
export type LoadEvent =
  /** `The image NAME already exists, renaming the old one with ID PREVIOUS to empty string` */
  | { readonly kind: 'moved'; readonly name: string; readonly previous: Digest }
  /** `Loaded image: NAME` */
  | { readonly kind: 'loaded'; readonly name: string }
  /** `Loaded image ID: IMAGEID` */
  | { readonly kind: 'loaded-id'; readonly imageId: Digest };

export interface LoadResult {
  /** In the order of the archive. */
  readonly images: readonly CopiedImage[];
  readonly events: readonly LoadEvent[];
}

/**
 * Loads every image of an archive into a store: all of them, or, where anything is wrong or the signal aborts, none. Rejects with the
 * first of the archive's problems, or with what is wrong with a layer.
 */
export async function loadArchive(
  archive: OpenedArchive,
  { store, ingestLayer, hashBlob, now, platform = DEFAULT_PLATFORM, only, ...options }: LoadOptions,
): Promise<LoadResult> {
  const [problem] = archive.problems;
  if (problem) throw problem;
  const chosen = only ? imagesFor(archive.images, only) : archive.images;
  const known = await imagesByName(store, platform);
  const sink = storeSink({ store, ingestLayer, hashBlob, now });
  const images = await copyImages(chosen, sink, options);
  return { images, events: eventsOf(archive, images, { known, platform }) };
}

/** Throws `no-such-platform` where an image is not for it, in the words of a newer engine. */
function imagesFor(images: readonly ArchiveImage[], platform: Platform): readonly ArchiveImage[] {
  return images.map((image) => {
    const part = image.forPlatform(platform);
    if (part) return part;
    const name = formatPlatform(platform);
    throw new ImageError(
      'no-such-platform',
      `requested platform (${name}) not found: image might be filtered out`,
      { detail: { platform: name } },
    );
  });
}

/** What a name stands for. */
interface Named {
  readonly imageId: Digest;
  /** The manifest or index behind it. */
  readonly target: Digest;
}

/** What the canonical names of a store stand for. */
async function imagesByName(store: Store, platform: Platform): Promise<Map<string, Named>> {
  const idOf = new Map<Digest, Digest | undefined>();
  for await (const { target, summary } of store.images.list()) {
    idOf.set(target.digest, imageIdOf(parseImageSummary(summary), platform));
  }
  const images = new Map<string, Named>();
  for await (const { name, target } of store.refs.list()) {
    const imageId = idOf.get(target.digest);
    if (imageId) images.set(name, { imageId, target: target.digest });
  }
  return images;
}

function imageIdOf(summary: ImageSummary | undefined, platform: Platform): Digest | undefined {
  return summary && shownPlatform(summary, platform)?.imageId;
}

/**
 * An engine tells the name of every tag. The IDs of all images it tells at the end, when the last image has no tag; of an archive
 * in the old format it tells none. https://github.com/moby/moby/blob/20.10/image/tarexport/load.go
 */
function eventsOf(
  { format, images }: OpenedArchive,
  copied: readonly CopiedImage[],
  { known, platform }: { readonly known: Map<string, Named>; readonly platform: Platform },
): readonly LoadEvent[] {
  const events: LoadEvent[] = [];
  const loadedIds: LoadEvent[] = [];
  for (const [i, { references }] of images.entries()) {
    const { target, summary } = copied[i] ?? {};
    const imageId = imageIdOf(summary, platform);
    if (imageId === undefined || target === undefined) continue;
    for (const reference of references) {
      const name = familiarReference(reference);
      const previous = known.get(canonicalReference(reference));
      // The same index may have been here for another platform.
      if (previous && previous.imageId !== imageId && previous.target !== target.digest) {
        events.push({ kind: 'moved', name, previous: previous.imageId });
      }
      known.set(canonicalReference(reference), { imageId, target: target.digest });
      if (format !== 'legacy-docker-archive') events.push({ kind: 'loaded', name });
    }
    if (format === 'docker-archive' || references.length === 0) {
      loadedIds.push({ kind: 'loaded-id', imageId });
    }
  }
  if (format === 'legacy-docker-archive') return events;
  const lastIsUntagged = images.at(-1)?.references.length === 0;
  return format === 'docker-archive' && !lastIsUntagged ? events : [...events, ...loadedIds];
}
