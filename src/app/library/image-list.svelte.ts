import type { LibraryRow } from './library-row';
import {
  filterRows,
  firstOrder,
  isTagged,
  NO_FILTER,
  sortRows,
  type LibraryFilter,
  type SortColumn,
  type SortOrder,
} from './library-view';
import type { Library } from './library.svelte';
import type { Loads } from './loads.svelte';

export interface ListCounts {
  readonly images: number;
  readonly tags: number;
  readonly tagged: number;
  readonly untagged: number;
}

/** The list that Images shows: stored images and those on their way, filtered and sorted. Outlives a change of view. */
export class ImageList {
  #filter = $state.raw<LibraryFilter>(NO_FILTER);
  #order = $state.raw<SortOrder>(firstOrder('created'));
  readonly #all: readonly LibraryRow[];
  readonly #shown: readonly LibraryRow[];
  readonly #counts: ListCounts;
  readonly #platforms: readonly string[];
  readonly #largest: number;

  constructor(library: Library, loads: Loads) {
    this.#all = $derived(mergeRows(library.rows, loads.rows));
    this.#shown = $derived(sortRows(filterRows(this.#all, this.#filter), this.#order));
    this.#counts = $derived(countRows(this.#all));
    this.#platforms = $derived(
      [...new Set(this.#all.flatMap(({ platforms }) => platforms.map(({ text }) => text)))].sort(),
    );
    this.#largest = $derived(this.#all.reduce((max, { size }) => Math.max(max, size ?? 0), 0));
  }

  /** Without any filter, in no order. */
  get all(): readonly LibraryRow[] {
    return this.#all;
  }

  get shown(): readonly LibraryRow[] {
    return this.#shown;
  }

  get counts(): ListCounts {
    return this.#counts;
  }

  /** Every platform that some image has, for the filter. */
  get platforms(): readonly string[] {
    return this.#platforms;
  }

  /** Bytes of the largest image: the end of every size bar. */
  get largest(): number {
    return this.#largest;
  }

  get filter(): LibraryFilter {
    return this.#filter;
  }

  get order(): SortOrder {
    return this.#order;
  }

  setFilter(change: Partial<LibraryFilter>): void {
    this.#filter = { ...this.#filter, ...change };
  }

  clearFilter(): void {
    this.#filter = NO_FILTER;
  }

  /** Sorts by a column, or the other way round where it is sorted by that already. */
  sortBy(column: SortColumn): void {
    this.#order =
      this.#order.column === column
        ? { column, descending: !this.#order.descending }
        : firstOrder(column);
  }
}

/** An image that is loaded again keeps its row, which then says so. */
function mergeRows(
  stored: readonly LibraryRow[],
  loading: readonly LibraryRow[],
): readonly LibraryRow[] {
  if (loading.length === 0) return stored;
  const rows = new Map(stored.map((row) => [row.key, row]));
  for (const row of loading) {
    const known = rows.get(row.key);
    rows.set(row.key, known ? { ...known, state: row.state } : row);
  }
  return [...rows.values()];
}

function countRows(rows: readonly LibraryRow[]): ListCounts {
  const tagged = rows.filter(isTagged).length;
  return {
    images: rows.length,
    tags: rows.reduce((sum, { names }) => sum + names.length, 0),
    tagged,
    untagged: rows.length - tagged,
  };
}
