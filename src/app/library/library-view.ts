import type { LibraryRow } from './library-row';

export type SortColumn =
  'repository' | 'tag' | 'imageId' | 'created' | 'size' | 'platform' | 'state';

export interface SortOrder {
  readonly column: SortColumn;
  readonly descending: boolean;
}

export type StateFilter = 'any' | 'verified' | 'loading' | 'damaged';

/** What of the list is shown. */
export interface LibraryFilter {
  readonly text: string;
  readonly tagged: boolean;
  readonly untagged: boolean;
  /** `linux/arm64`, or empty for any. */
  readonly platform: string;
  readonly state: StateFilter;
}

export const NO_FILTER: LibraryFilter = {
  text: '',
  tagged: true,
  untagged: true,
  platform: '',
  state: 'any',
};

/** The first order that a column is sorted in: names from A, the newest and the largest first. */
export function firstOrder(column: SortColumn): SortOrder {
  return { column, descending: column === 'created' || column === 'size' };
}

export function isTagged({ names }: LibraryRow): boolean {
  return names.length > 0;
}

export function filterRows(rows: readonly LibraryRow[], filter: LibraryFilter): LibraryRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (isTagged(row) ? filter.tagged : filter.untagged) &&
      (filter.platform === '' || row.platforms.some(({ text }) => text === filter.platform)) &&
      matchesState(row, filter.state) &&
      words.every((word) => row.searched.includes(word)),
  );
}

/** A new, sorted list. Rows that are equal in the column stay newest first, and then by name. */
export function sortRows(
  rows: readonly LibraryRow[],
  { column, descending }: SortOrder,
): LibraryRow[] {
  const compare = COMPARE[column];
  const sign = descending ? -1 : 1;
  return [...rows].sort(
    (a, b) => sign * compare(a, b) || COMPARE.created(b, a) || COMPARE.repository(a, b),
  );
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const COMPARE: Readonly<Record<SortColumn, (a: LibraryRow, b: LibraryRow) => number>> = {
  repository: (a, b) => collator.compare(nameOf(a), nameOf(b)) || COMPARE.tag(a, b),
  tag: (a, b) => collator.compare(a.names[0]?.tag ?? '', b.names[0]?.tag ?? ''),
  imageId: (a, b) => (a.shortId < b.shortId ? -1 : a.shortId > b.shortId ? 1 : 0),
  // What has not been read yet counts as new, so that a load stands where it is looked for.
  created: (a, b) => createdOf(a) - createdOf(b),
  size: (a, b) => (a.size ?? 0) - (b.size ?? 0),
  platform: (a, b) => collator.compare(a.platforms[0]?.text ?? '', b.platforms[0]?.text ?? ''),
  state: (a, b) => STATE_ORDER[a.state.kind] - STATE_ORDER[b.state.kind],
};

const STATE_ORDER = { corrupt: 0, missing: 1, loading: 2, opened: 3, verified: 4 } as const;

const NEW = 8.64e15;

function createdOf({ created, state }: LibraryRow): number {
  return created ?? (state.kind === 'loading' ? NEW : 0);
}

function nameOf({ names }: LibraryRow): string {
  const [name] = names;
  return name ? name.path + name.repository : '';
}

function matchesState({ state }: LibraryRow, filter: StateFilter): boolean {
  switch (filter) {
    case 'any':
      return true;
    case 'damaged':
      return state.kind === 'corrupt' || state.kind === 'missing';
    case 'verified':
    case 'loading':
      return state.kind === filter;
  }
}
