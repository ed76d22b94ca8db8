import { isMarkerKind, Kind, kindOf, type EntryColumns } from './entry-columns';
import { normalizePath } from './entry-path';
import { RowList } from './row-list';

/**
 * How many hardlinks of a tar name a target that comes only after them: engines make each entry as it comes, and find nothing to link to.
 * `order` sorts the rows, which are in the order of the tar, by path; duplicates are among them. A target that is reached through a
 * symlink is not looked for.
 */
export function countEarlyLinks(order: readonly number[], columns: EntryColumns): number {
  let sorted: RowList | undefined;
  let count = 0;
  for (let row = 0; row < columns.rowCount; row++) {
    if (kindOf(columns, row) !== Kind.hardlink) continue;
    // Most layers have no hardlinks.
    sorted ??= new RowList([columns], new Uint32Array(order.length), Uint32Array.from(order));
    const first = firstRowOf(normalizePath(columns.links.slice(row)), sorted, columns);
    if (first !== undefined && first > row) count++;
  }
  return count;
}

/** The first row in the tar that is an entry of that path. */
function firstRowOf(path: Uint8Array, sorted: RowList, columns: EntryColumns): number | undefined {
  for (let item = sorted.lowerBound(path); item < sorted.length; item++) {
    const row = sorted.rowAt(item);
    if (columns.paths.compareBytes(row, path) !== 0) return undefined;
    if (!isMarkerKind(kindOf(columns, row))) return row;
  }
  return undefined;
}
