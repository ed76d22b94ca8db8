import { collectAll } from '../base/collect-all';
import { compareText } from '../base/compare-text';
import { parseTimestamp, ZERO_TIME, type Timestamp } from '../base/timestamp';
import type { Digest } from '../oci/digest';
import { matchesPlatform, type Platform } from '../oci/platform';
import type { ImageRoot, Ref } from '../store/metadata-store';
import type { Store } from '../store/store';
import type { ImageSummary, PlatformSummary } from './image-summary';
import { parseImageSummary } from './summary';

/** One row of images as docker counts them: an image ID, every name that points to it, and what was stored for it. */
export interface ListedImage {
  /** Digest of the configuration of the platform that is shown. */
  readonly imageId: Digest;
  /** The platform that is shown: the one asked for, else the first that is here. */
  readonly shown: PlatformSummary;
  /** Those whose shown platform has this configuration; one, but where two manifests share it. */
  readonly roots: readonly ImageRoot[];
  /** Canonical names, bytewise. */
  readonly names: readonly string[];
  /** Canonical `name@sha256:…`, bytewise. */
  readonly repoDigests: readonly string[];
  /** Go's zero time where the configuration does not say. */
  readonly created: Timestamp;
}

/** Every stored image, newest first as docker lists them; where two were created at once, by name and then by ID. Opens no blob. */
export async function listImages(
  store: Pick<Store, 'images' | 'refs'>,
  platform: Platform,
): Promise<readonly ListedImage[]> {
  const [refs, roots] = await Promise.all([
    collectAll(store.refs.list()),
    collectAll(store.images.list()),
  ]);
  return imagesOf({ roots, refs }, platform);
}

/** What was stored, and the names that point to it. */
export interface StoredRoots {
  readonly roots: readonly ImageRoot[];
  readonly refs: readonly Ref[];
}

/** The images that these roots and names make, in the order of `listImages`. */
export function imagesOf({ roots, refs }: StoredRoots, platform: Platform): readonly ListedImage[] {
  const namesOf = new Map<Digest, string[]>();
  for (const { name, target } of refs) {
    const names = namesOf.get(target.digest);
    if (names) names.push(name);
    else namesOf.set(target.digest, [name]);
  }
  const images = new Map<Digest, ListedImage>();
  // The form that a name points to stands for the image.
  const isNamed = (root: ImageRoot): boolean => namesOf.has(root.target.digest);
  for (const root of [...roots.filter(isNamed), ...roots.filter((each) => !isNamed(each))]) {
    const shown = shownPlatform(summaryOf(root), platform);
    if (!shown) continue;
    const known = images.get(shown.imageId);
    images.set(shown.imageId, {
      imageId: shown.imageId,
      shown: known?.shown ?? shown,
      roots: [...(known?.roots ?? []), root],
      names: merge(known?.names, namesOf.get(root.target.digest)),
      repoDigests: merge(known?.repoDigests, root.repoDigests),
      created: known?.created ?? parseTimestamp(shown.created ?? '') ?? ZERO_TIME,
    });
  }
  return [...images.values()].sort(newestFirst);
}

/** Every platform that is here for an image, each manifest once, whatever it was stored with. */
export function platformsOf({ roots }: Pick<ListedImage, 'roots'>): readonly PlatformSummary[] {
  const platforms = roots.flatMap((root) => summaryOf(root).platforms);
  return [...new Map(platforms.map((each) => [each.manifest, each])).values()];
}

/** Platforms that an index of an image names and that are not here, each manifest once. */
export function absentOf(image: Pick<ListedImage, 'roots'>): ImageSummary['absent'] {
  const here = new Set(platformsOf(image).map(({ manifest }) => manifest));
  const absent = image.roots.flatMap((root) => summaryOf(root).absent);
  const missing = absent.filter(({ manifest }) => !here.has(manifest));
  return [...new Map(missing.map((each) => [each.manifest, each])).values()];
}

/** What a stored image's summary says. One that is damaged says nothing: the image is then listed nowhere. */
export function summaryOf(root: ImageRoot): ImageSummary {
  return parseImageSummary(root.summary) ?? { platforms: [], absent: [] };
}

/** Stored images whose summary cannot be read: they are listed nowhere. */
export async function damagedRoots(store: Pick<Store, 'images'>): Promise<readonly ImageRoot[]> {
  const roots = await collectAll(store.images.list());
  return roots.filter(({ summary }) => !parseImageSummary(summary));
}

/** The platform asked for, else the first that is here; undefined where none is. */
export function shownPlatform(
  { platforms }: ImageSummary,
  platform: Platform,
): PlatformSummary | undefined {
  return platforms.find((each) => matchesPlatform(platform, each.platform)) ?? platforms[0];
}

function newestFirst(a: ListedImage, b: ListedImage): number {
  return (
    b.created.seconds - a.created.seconds ||
    compareText(a.names[0] ?? '', b.names[0] ?? '') ||
    compareText(a.imageId, b.imageId)
  );
}

function merge(known: readonly string[] = [], more: readonly string[] = []): readonly string[] {
  return [...new Set([...known, ...more])].sort(compareText);
}
