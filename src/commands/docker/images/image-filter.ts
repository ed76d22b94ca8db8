import { compareTimestamps, timestampOfMilliseconds } from '../../../base/timestamp';
import type { ListedImage } from '../../../image/image-list';
import { familiarName, familiarReference, parseReference } from '../../../oci/reference';
import { engineError } from '../../errors';
import { groupFilters } from '../../shell/filter-flag';
import { compilePathPattern } from './path-match';
import { lookUp } from './stored-images';
import { parseUntil } from './until';

const LIST_FILTERS = ['dangling', 'label', 'before', 'since', 'reference', 'until'];

/** What `--filter` of `docker images` takes, for completion. */
export const LIST_FILTER_VALUES = [
  'dangling=true',
  'dangling=false',
  ...LIST_FILTERS.slice(1).map((name) => `${name}=`),
];

export interface FilterOptions {
  /** `name=value`, as given. */
  readonly filters: readonly string[];
  /** Shows images without a name that others were built on, too. */
  readonly all: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The images that `docker images` shows, each with the names that a `reference` filter lets through. Throws what the engine says of a
 * filter. https://github.com/moby/moby/blob/v20.10.24/daemon/images/images.go
 */
export function filterImages(
  images: readonly ListedImage[],
  { filters, all, now }: FilterOptions,
): readonly ListedImage[] {
  const groups = groupFilters(filters);
  const values = (name: string) => groups.get(name) ?? [];
  for (const name of groups.keys()) {
    if (!LIST_FILTERS.includes(name)) throw engineError(`Invalid filter '${name}'`);
  }
  const dangling = readDangling(values('dangling'));
  const before = values('before')
    .map((name) => lookUp(images, name))
    .at(-1);
  const since = values('since')
    .map((name) => lookUp(images, name))
    .at(-1);
  const until = values('until').map((text) => timestampOfMilliseconds(parseUntil(text, now)));
  const patterns = values('reference').map(compilePathPattern);
  const parents = new Set(images.flatMap(({ shown }) => (shown.parent ? [shown.parent] : [])));
  return images
    .filter(({ created }) => !before || compareTimestamps(created, before.created) < 0)
    .filter(({ created }) => !since || compareTimestamps(created, since.created) > 0)
    .filter(({ created }) => until.every((end) => compareTimestamps(created, end) < 0))
    .filter(({ shown }) => matchesLabels(shown.labels, values('label')))
    .map((image) => withMatchingNames(image, patterns))
    .filter((image) => {
      if (dangling === true && image.names.length > 0) return false;
      if (image.names.length > 0 || image.repoDigests.length > 0) return true;
      if (groups.has('reference') || dangling === false) return false;
      return (all && dangling !== true) || !parents.has(image.imageId);
    });
}

function readDangling(values: readonly string[]): boolean | undefined {
  if (values.length === 0) return undefined;
  if (values.includes('true')) return true;
  if (values.includes('false')) return false;
  throw engineError(`Invalid filter 'dangling=[${values.join(' ')}]'`);
}

/** Whether labels have every `name` or `name=value`. */
export function matchesLabels(
  labels: Readonly<Record<string, string>>,
  wanted: readonly string[],
): boolean {
  return wanted.every((text) => {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    if (!Object.hasOwn(labels, name)) return false;
    return equals < 0 || labels[name] === text.slice(equals + 1);
  });
}

/** The image with those of its names alone that one of the patterns matches. What is wrong with one is told once there is a name to match. */
function withMatchingNames(
  image: ListedImage,
  patterns: readonly (RegExp | undefined)[],
): ListedImage {
  if (patterns.length === 0) return image;
  const matches = (name: string) => {
    const reference = parseReference(name);
    const familiar = [familiarReference(reference), familiarName(reference)];
    return patterns.some((pattern) => {
      if (!pattern) throw engineError('syntax error in pattern');
      return familiar.some((text) => pattern.test(text));
    });
  };
  return {
    ...image,
    names: image.names.filter(matches),
    repoDigests: image.repoDigests.filter(matches),
  };
}
