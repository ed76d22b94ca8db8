import { copyImages, type CopiedImage, type CopyOptions } from '../image/copy';
import { shownPlatform } from '../image/image-list';
import { storeSink, type StoreSinkParts } from '../image/store-sink';
import { parseImageSummary } from '../image/summary';
import type { Digest } from '../oci/digest';
import { DEFAULT_PLATFORM, type Platform } from '../oci/platform';
import { canonicalReference, familiarReference } from '../oci/reference';
import type { Store } from '../store/store';
import type { ImageSummary } from '../image/image-summary';
import type { OpenedArchive } from './open-archive';

export interface LoadOptions extends CopyOptions, StoreSinkParts {
  /** Whose image ID is told where an image is there for several platforms; linux/amd64 without it. */
  readonly platform?: Platform | undefined;
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
  { store, ingestLayer, hashBlob, now, platform = DEFAULT_PLATFORM, ...options }: LoadOptions,
): Promise<LoadResult> {
  const [problem] = archive.problems;
  if (problem) throw problem;
  const ids = await idsByName(store, platform);
  const sink = storeSink({ store, ingestLayer, hashBlob, now });
  const images = await copyImages(archive.images, sink, options);
  return { images, events: eventsOf(archive, images, { ids, platform }) };
}

/** Image IDs under canonical names, as the store has them. */
async function idsByName(store: Store, platform: Platform): Promise<Map<string, Digest>> {
  const idOf = new Map<Digest, Digest | undefined>();
  for await (const { target, summary } of store.images.list()) {
    idOf.set(target.digest, imageIdOf(parseImageSummary(summary), platform));
  }
  const ids = new Map<string, Digest>();
  for await (const { name, target } of store.refs.list()) {
    const id = idOf.get(target.digest);
    if (id) ids.set(name, id);
  }
  return ids;
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
  { ids, platform }: { readonly ids: Map<string, Digest>; readonly platform: Platform },
): readonly LoadEvent[] {
  const events: LoadEvent[] = [];
  const loadedIds: LoadEvent[] = [];
  for (const [i, { references }] of images.entries()) {
    const imageId = imageIdOf(copied[i]?.summary, platform);
    if (imageId === undefined) continue;
    for (const reference of references) {
      const name = familiarReference(reference);
      const previous = ids.get(canonicalReference(reference));
      if (previous !== undefined && previous !== imageId) {
        events.push({ kind: 'moved', name, previous });
      }
      ids.set(canonicalReference(reference), imageId);
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
