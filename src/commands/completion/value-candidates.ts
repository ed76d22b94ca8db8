import { dockerSize } from '../../base/human-size';
import { summaryOf, type ListedImage } from '../../image/image-list';
import { shortDigest } from '../../oci/digest';
import { formatPlatform } from '../../oci/platform';
import type { FlagSpec } from '../shell/flags';
import type { Candidate } from './completion';
import { imageCandidates, repositoryCandidates } from './image-candidates';

/** What the value of a flag may be: the words its specification has, platforms and layers of the images, what a filter names. */
export function valueCandidates(
  spec: FlagSpec,
  typed: string,
  images: readonly ListedImage[],
): readonly Candidate[] {
  const filter = /^[a-z-]+=/.exec(typed)?.[0];
  if (spec.kind === 'filter' && filter !== undefined && !spec.values?.includes(typed)) {
    return filterValues(filter, typed.slice(filter.length), images).map((candidate) => ({
      ...candidate,
      text: filter + candidate.text,
    }));
  }
  if (spec.name === 'platform') return platformCandidates(images);
  if (spec.name === 'layer') return layerCandidates(images);
  return (spec.values ?? []).map((text) => ({
    text,
    summary: '',
    ...(text.endsWith('=') ? { isOpen: true } : {}),
  }));
}

/** Values of one filter, without its name. */
function filterValues(
  filter: string,
  typed: string,
  images: readonly ListedImage[],
): readonly Candidate[] {
  switch (filter) {
    case 'dangling=':
      return ['true', 'false'].map((text) => ({ text, summary: '' }));
    case 'before=':
    case 'since=':
      return imageCandidates(images, typed);
    case 'reference=':
      return repositoryCandidates(images);
    case 'label=':
    case 'label!=':
      return labelCandidates(images, typed);
    default:
      return [];
  }
}

/** Keys, and once a key is there, its values. */
function labelCandidates(images: readonly ListedImage[], typed: string): readonly Candidate[] {
  const labels = images.flatMap(({ shown }) => Object.entries(shown.labels));
  const texts = typed.includes('=')
    ? labels.map(([key, value]) => `${key}=${value}`)
    : labels.map(([key]) => key);
  return [...new Set(texts)].sort().map((text) => ({ text, summary: '' }));
}

function platformCandidates(images: readonly ListedImage[]): readonly Candidate[] {
  const platforms = images.flatMap(({ roots }) =>
    roots.flatMap((root) =>
      summaryOf(root).platforms.map(({ platform }) => formatPlatform(platform)),
    ),
  );
  return [...new Set(platforms)].sort().map((text) => ({ text, summary: '' }));
}

/** Layers of the one image that the line names. */
function layerCandidates(images: readonly ListedImage[]): readonly Candidate[] {
  const [image, ...others] = images;
  if (!image || others.length > 0) return [];
  return image.shown.layers.map(({ digest, unpackedSize }, i) => ({
    text: String(i),
    summary: `${shortDigest(digest)}  ${dockerSize(unpackedSize)}`,
  }));
}
