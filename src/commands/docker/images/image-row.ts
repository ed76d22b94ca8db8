import { humanDuration } from '../../../base/human-duration';
import { dockerSize } from '../../../base/human-size';
import { formatTimestamp, ZERO_TIME } from '../../../base/timestamp';
import type { ListedImage } from '../../../image/image-list';
import { familiarName, familiarText, parseReference } from '../../../oci/reference';
import {
  goBool,
  goInt,
  goString,
  goStringMap,
  goStrings,
  goStruct,
  type GoField,
  type GoStruct,
} from '../../template/go-value';
import type { RowKind } from '../formatter';

export const IMAGE_CONTEXT = '*formatter.imageContext';

export const IMAGE_ROW: RowKind = {
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

interface Counted {
  /** How many have it, -1 for not counted. */
  readonly containers: number;
  /** Bytes that other images have as well, -1 for not counted. */
  readonly sharedSize: number;
}

interface ListedAs extends Counted {
  readonly isTruncated: boolean;
}

/** What the client's row holds: the engine's answer of the image, and what it made of it. */
export function imageFields(row: ImageRow, listed: ListedAs): readonly GoField[] {
  return [
    ['trunc', goBool(listed.isTruncated)],
    ['i', imageStruct(row.image, listed)],
    ['repo', goString(row.repository)],
    ['tag', goString(row.tag)],
    ['digest', goString(row.digest)],
  ];
}

/** An image as the engine answers it. https://github.com/moby/moby/blob/v28.2.2/api/types/image/summary.go */
export function imageStruct(image: ListedImage, { containers, sharedSize }: Counted): GoStruct {
  const { imageId, created, shown, names, repoDigests } = image;
  const isUnnamed = names.length === 0 && repoDigests.length === 0;
  const size = goInt(shown.unpackedSize, 'int64');
  return goStruct('image.Summary', [
    ['Containers', goInt(containers, 'int64')],
    ['Created', goInt(created.seconds, 'int64')],
    ['ID', goString(imageId)],
    ['Labels', goStringMap(new Map(Object.entries(shown.labels)))],
    ['ParentID', goString(shown.parent ?? '')],
    ['Descriptor', { kind: 'pointer', to: null, type: '*v1.Descriptor' }],
    ['Manifests', { kind: 'slice', items: null, type: '[]image.ManifestSummary' }],
    ['RepoDigests', goStrings(isUnnamed ? [`${NONE}@${NONE}`] : repoDigests.map(familiarText))],
    ['RepoTags', goStrings(isUnnamed ? [`${NONE}:${NONE}`] : names.map(familiarText))],
    ['SharedSize', goInt(sharedSize, 'int64')],
    ['Size', size],
    ['VirtualSize', size],
  ]);
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
