import type { Digest } from '../../oci/digest';
import { formatPlatform, matchesPlatform, type Platform } from '../../oci/platform';
import { familiarText } from '../../oci/reference';
import type { ImageRoot } from '../../store/metadata-store';
import { ImageError } from '../errors';
import { summaryOf, type ListedImage } from '../image-list';
import type { ImageSummary, PlatformSummary } from '../image-summary';

/** Digest of the manifest that an image has for a platform. Throws `no-such-platform` in the words of docker's engine. */
export function manifestFor({ imageId, names, roots }: ListedImage, asked: Platform): Digest {
  const platforms = roots.flatMap((root) => summaryOf(root).platforms);
  const found = platforms.find(({ platform }) => matchesPlatform(asked, platform));
  if (found) return found.manifest;
  const [name] = names;
  const shown = name === undefined ? imageId : familiarText(name);
  const text = formatPlatform(asked);
  throw new ImageError(
    'no-such-platform',
    `failed to delete platform ${text} for image ${imageId}: image with reference ${shown} was found but does not provide the specified platform (${text})`,
    { detail: { imageId, platform: text } },
  );
}

/** What is stored of an image without some of its manifests and what they alone need; undefined where no platform is left. */
export function withoutPlatforms(
  root: ImageRoot,
  manifests: ReadonlySet<Digest>,
): ImageRoot | undefined {
  const { platforms, absent } = summaryOf(root);
  const going = platforms.filter(({ manifest }) => manifests.has(manifest));
  if (going.length === 0) return root;
  const left = platforms.filter(({ manifest }) => !manifests.has(manifest));
  if (left.length === 0) return undefined;
  const unneeded = without(going.flatMap(blobsOf), left.flatMap(blobsOf));
  const indexes = without(going.flatMap(diffIdsOf), left.flatMap(diffIdsOf));
  const summary: ImageSummary = {
    platforms: left,
    absent: [...absent, ...going.map(({ manifest, platform }) => ({ manifest, platform }))],
  };
  return {
    ...root,
    blobs: root.blobs.filter((digest) => !unneeded.has(digest)),
    diffIds: root.diffIds.filter((diffId) => !indexes.has(diffId)),
    summary,
  };
}

function blobsOf({ manifest, imageId, layers }: PlatformSummary): readonly Digest[] {
  return [manifest, imageId, ...layers.map(({ digest }) => digest)];
}

function diffIdsOf({ layers }: PlatformSummary): readonly Digest[] {
  return layers.map(({ diffId }) => diffId);
}

function without(digests: readonly Digest[], needed: readonly Digest[]): ReadonlySet<Digest> {
  const kept = new Set(needed);
  return new Set(digests.filter((digest) => !kept.has(digest)));
}
