import { isMarkerKind, Kind, kindOf, type EntryColumns } from './entry-columns';
import { normalizePath } from './entry-path';

/**
 * How many hardlinks of a tar name a target that comes only after them: engines make each entry as it comes, and find nothing to link to.
 * `order` sorts the rows, which are in the order of the tar, by path; duplicates are among them. A target that is reached through a
 * symlink is not looked for.
 */
export function countEarlyLinks(order: readonly number[], columns: EntryColumns): number {
  let count = 0;
  for (let row = 0; row < columns.rowCount; row++) {
    if (kindOf(columns, row) !== Kind.hardlink) continue;
    const first = firstRowOf(normalizePath(columns.links.slice(row)), order, columns);
    if (first !== undefined && first > row) count++;
  }
  return count;
}

/** The first row in the tar that is an entry of that path. */
function firstRowOf(
  path: Uint8Array,
  order: readonly number[],
  columns: EntryColumns,
): number | undefined {
  for (let at = lowerBound(path, order, columns); at < order.length; at++) {
    const row = order[at] ?? 0;
    if (columns.paths.compareBytes(row, path) !== 0) return undefined;
    if (!isMarkerKind(kindOf(columns, row))) return row;
  }
  return undefined;
}

/** The first place of the order whose path is not before `path`. */
function lowerBound(path: Uint8Array, order: readonly number[], { paths }: EntryColumns): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (paths.compareBytes(order[middle] ?? 0, path) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
