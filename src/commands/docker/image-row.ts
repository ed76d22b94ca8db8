import { humanDuration } from '../../base/human-duration';
import { dockerSize } from '../../base/human-size';
import { formatTimestamp, ZERO_TIME } from '../../base/timestamp';
import type { ListedImage } from '../../image/image-list';
import { familiarName, parseReference } from '../../oci/reference';
import type { RowKind } from './formatter';

export const IMAGE_ROW: RowKind = {
  type: '*formatter.imageContext',
  headings: new Map([
    ['ID', 'IMAGE ID'],
    ['Repository', 'REPOSITORY'],
    ['Tag', 'TAG'],
    ['Digest', 'DIGEST'],
    ['CreatedSince', 'CREATED'],
    ['CreatedAt', 'CREATED AT'],
    ['Size', 'SIZE'],
    ['Containers', 'CONTAINERS'],
    ['VirtualSize', 'SIZE'],
    ['SharedSize', 'SHARED SIZE'],
    ['UniqueSize', 'UNIQUE SIZE'],
  ]),
};

/** One row of `docker images`: an image under one of its names. */
export interface ImageRow {
  readonly image: ListedImage;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

export const NONE = '<none>';

/**
 * The rows of an image, as docker's client makes them of names and digests: one for each tag, and with digests one for each of both;
 * digests of a repository without a tag get rows of their own. Repositories come in the order of their names.
 */
export function imageRows(image: ListedImage, showDigests: boolean): readonly ImageRow[] {
  const tags = group(image.names, ({ tag }) => tag);
  const digests = group(image.repoDigests, ({ digest }) => digest);
  if (tags.size === 0 && digests.size === 0) {
    return [{ image, repository: NONE, tag: NONE, digest: NONE }];
  }
  const tagged = [...tags].flatMap(([repository, its]) => {
    const known = showDigests ? (digests.get(repository) ?? [NONE]) : [NONE];
    return its.flatMap((tag) => known.map((digest) => ({ image, repository, tag, digest })));
  });
  const untagged = [...digests]
    .filter(([repository]) => !tags.has(repository))
    .flatMap(([repository, its]) =>
      (showDigests ? its : ['']).map((digest) => ({ image, repository, tag: NONE, digest })),
    );
  return [...tagged, ...untagged];
}

/** As Go prints a time: `2006-01-02 15:04:05 +0000 UTC`. */
export function unixTimeText(seconds: number): string {
  const text = formatTimestamp({ seconds, nanoseconds: 0, offsetMinutes: 0 });
  return `${text.slice(0, -1).replace('T', ' ')} +0000 UTC`;
}

/** `2 weeks ago`; empty for a configuration without a date. */
export function createdSince(seconds: number, now: number): string {
  if (seconds === ZERO_TIME.seconds) return '';
  return `${humanDuration(now - seconds * 1000)} ago`;
}

export function shownSize({ shown }: ListedImage): string {
  return dockerSize(shown.unpackedSize);
}

type Parts = ReturnType<typeof parseReference>;

/** What `part` gives of each name, by repository. */
function group(
  names: readonly string[],
  part: (reference: Parts) => string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const reference = parseReference(name);
    const value = part(reference);
    if (value === undefined) continue;
    const repository = familiarName(reference);
    const values = groups.get(repository);
    if (values) values.push(value);
    else groups.set(repository, [value]);
  }
  return groups;
}
