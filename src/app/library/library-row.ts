import { ZERO_TIME } from '../../base/timestamp';
import { absentOf, platformsOf, summaryOf, type ListedImage } from '../../image/image-list';
import type { ImageSummary, PlatformSummary } from '../../image/image-summary';
import { isDigest, shortDigest, type Digest } from '../../oci/digest';
import { formatPlatform } from '../../oci/platform';
import type { BlobProblem } from '../../store/metadata-store';
import type { AskedImage } from '../image/image-source';
import { imageName, type ImageName } from './image-name';
import { imageHash } from '../route';
import type { Task } from '../tasks.svelte';

/** What is known of an image's blobs. It is stored only once all of them were verified. */
export type ImageState =
  | { readonly kind: 'verified' }
  | { readonly kind: 'missing'; readonly blobs: number }
  /** Layers count from 0, base first; without one it is the manifest or configuration. */
  | { readonly kind: 'corrupt'; readonly layer?: number }
  | { readonly kind: 'loading'; readonly task: Task }
  /** Open in this tab, and not stored. */
  | { readonly kind: 'opened' };

export interface RowPlatform {
  /** `linux/arm64` */
  readonly text: string;
  /** Undefined for one that the index names and that is not here. */
  readonly href?: string;
}

/** A row of Images: a stored image, or one that is being loaded. */
export interface LibraryRow {
  readonly key: string;
  /** By name. None for an untagged image. */
  readonly names: readonly ImageName[];
  /** Of the shown platform; undefined while a load has not read that far, and so for what follows. */
  readonly imageId?: Digest;
  /** False for what is on its way for the first time, or open in this tab alone. */
  readonly isStored: boolean;
  /** 12 digits; empty where there is no ID yet. */
  readonly shortId: string;
  readonly href?: string;
  /** Milliseconds since the epoch. */
  readonly created?: number;
  /** Bytes, unpacked. */
  readonly size?: number;
  /** The shown one first. */
  readonly platforms: readonly RowPlatform[];
  /** Bytes and digests of the layer blobs of every platform. */
  readonly layers: readonly { readonly digest: Digest; readonly size: number }[];
  /** Where its indexes, manifests and configurations lead, and the digests that it was pulled by. */
  readonly digests?: ReadonlyMap<Digest, string>;
  readonly state: ImageState;
  /** What the filter looks in, in lower case. */
  readonly searched: string;
}

/** What the row of an image goes by: an archive that is looked into has rows of its own. */
export function rowKey({ imageId, archive }: AskedImage): string {
  return archive === undefined ? imageId : `archive-${archive}-${imageId}`;
}

/** The row of a stored image. */
export function storedRow(
  image: ListedImage,
  problems: ReadonlyMap<Digest, BlobProblem>,
): LibraryRow {
  const { imageId, shown, created } = image;
  const summaries = image.roots.map(summaryOf);
  const names = image.names.map(imageName);
  return {
    key: rowKey({ imageId }),
    names,
    imageId,
    isStored: true,
    shortId: shortDigest(imageId),
    href: hrefOf(shown, summaries),
    size: shown.unpackedSize,
    platforms: rowPlatforms(image, summaries),
    layers: summaries.flatMap(({ platforms }) => platforms.flatMap(({ layers }) => layers)),
    digests: digestsOf(image, summaries),
    state: stateOf(image, problems),
    searched: searchedText(names, summaries),
    ...(created.seconds === ZERO_TIME.seconds ? {} : { created: created.seconds * 1000 }),
  };
}

function rowPlatforms(
  image: ListedImage,
  summaries: readonly ImageSummary[],
): readonly RowPlatform[] {
  const { shown } = image;
  const others = platformsOf(image).filter(({ manifest }) => manifest !== shown.manifest);
  return [
    ...[shown, ...others].map((platform) => ({
      text: formatPlatform(platform.platform),
      href: hrefOf(platform, summaries),
    })),
    ...absentOf(image).map(({ platform }) => ({ text: formatPlatform(platform) })),
  ];
}

/** A platform's digests lead to that platform, all others to the one that is shown. */
function digestsOf(
  image: ListedImage,
  summaries: readonly ImageSummary[],
): ReadonlyMap<Digest, string> {
  const { shown, roots, repoDigests } = image;
  const pulled = repoDigests.map((name) => name.slice(name.indexOf('@') + 1)).filter(isDigest);
  return new Map([
    ...[...pulled, ...roots.map(({ target }) => target.digest)].map(
      (digest) => [digest, hrefOf(shown, summaries)] as const,
    ),
    ...[...platformsOf(image), shown].flatMap((platform) => {
      const href = hrefOf(platform, summaries);
      return [[platform.imageId, href] as const, [platform.manifest, href] as const];
    }),
  ]);
}

/** `manifest` stands in the URL only where the image ID alone would not say which image is meant. */
function hrefOf(
  { imageId, manifest }: PlatformSummary,
  summaries: readonly ImageSummary[],
): string {
  const manifests = summaries.flatMap(({ platforms }) =>
    platforms.filter((other) => other.imageId === imageId).map((other) => other.manifest),
  );
  const ambiguous = new Set(manifests).size > 1;
  return imageHash(imageId, 'files', new Map(ambiguous ? [['manifest', manifest]] : []));
}

function stateOf(
  { roots, shown }: ListedImage,
  problems: ReadonlyMap<Digest, BlobProblem>,
): ImageState {
  if (problems.size === 0) return { kind: 'verified' };
  const blobs = new Set(roots.flatMap((root) => root.blobs));
  const found = [...blobs].flatMap((digest) => problems.get(digest) ?? []);
  const corrupt = found.find(({ reason }) => reason === 'corrupt');
  if (corrupt) {
    const layer = shown.layers.findIndex(({ digest }) => digest === corrupt.digest);
    return layer < 0 ? { kind: 'corrupt' } : { kind: 'corrupt', layer };
  }
  return found.length > 0 ? { kind: 'missing', blobs: found.length } : { kind: 'verified' };
}

function searchedText(names: readonly ImageName[], summaries: readonly ImageSummary[]): string {
  const words = [
    ...names.map(({ text }) => text),
    ...summaries.flatMap(({ platforms }) =>
      platforms.flatMap(({ imageId, labels }) => [
        imageId,
        ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
      ]),
    ),
  ];
  return words.join('\n').toLowerCase();
}
