import { isMarkerKind, Kind, kindOf, type EntryColumns } from './entry-columns';
import { allocateIndex, type EncodedColumns, type IndexHeader } from './index-format';
import type { NameTable } from './name-table';

/** Sorts rows by path, then marker before entry, then as they came in the tar. */
export function sortRows(order: number[], columns: EntryColumns): void {
  const { paths, contentOffsets } = columns;
  const cameFirst = (a: number, b: number): number =>
    (contentOffsets[a] ?? 0) - (contentOffsets[b] ?? 0) || a - b;
  order.sort(
    (a, b) => paths.compare(a, paths, b) || rank(columns, a) - rank(columns, b) || cameFirst(a, b),
  );
}

/** A whiteout stands before an opaque marker, that before an entry. */
function rank(columns: EntryColumns, row: number): number {
  const kind = kindOf(columns, row);
  return isMarkerKind(kind) ? kind - Kind.opaque : 1;
}

/** Rows by path: those that count, and the entries (no markers) that came before one of them at the same path. */
export interface SplitRows {
  readonly kept: readonly number[];
  readonly replaced: readonly number[];
}

/** Of sorted rows of the same path and rank, the last counts, as for extraction, containerd and dive. (Docker's own store refuses such layers.) */
export function splitRows(order: readonly number[], columns: EntryColumns): SplitRows {
  const { paths } = columns;
  const kept: number[] = [];
  const replaced: number[] = [];
  for (let i = 0; i < order.length; i++) {
    const row = order[i] ?? 0;
    const next = order[i + 1];
    const isRepeated =
      next !== undefined &&
      rank(columns, row) === rank(columns, next) &&
      paths.compare(row, paths, next) === 0;
    if (!isRepeated) kept.push(row);
    else if (!isMarkerKind(kindOf(columns, row))) replaced.push(row);
  }
  return { kept, replaced };
}

/** An index of these rows, in their order. */
export function copyRows(
  from: EntryColumns,
  { kept, replaced }: SplitRows,
  header: IndexHeader,
): EncodedColumns {
  const rows = Uint32Array.from([...kept, ...replaced]);
  const encoded = allocateIndex(
    { ...header, replacedRows: replaced.length },
    {
      rowCount: rows.length,
      pathBytes: bytesOf(from.paths, rows),
      linkBytes: bytesOf(from.links, rows),
      extraBytes: from.extraBytes.length,
    },
  );
  const { columns } = encoded;
  gatherNames(from.paths, rows, columns.paths);
  columns.paths.compareNeighbours();
  gatherNames(from.links, rows, columns.links);
  gather(from.sizes, rows, columns.sizes);
  gather(from.contentOffsets, rows, columns.contentOffsets);
  gather(from.mtimes, rows, columns.mtimes);
  gather(from.uids, rows, columns.uids);
  gather(from.gids, rows, columns.gids);
  gather(from.traits, rows, columns.traits);
  gather(from.extras, rows, columns.extras);
  gatherPairs(from.hashes, rows, columns.hashes);
  columns.extraBytes.set(from.extraBytes);
  return encoded;
}

function bytesOf(names: NameTable, rows: Uint32Array): number {
  return rows.reduce((sum, row) => sum + names.sizeOf(row), 0);
}

function gatherNames(from: NameTable, rows: Uint32Array, to: NameTable): void {
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    const end = from.starts[row + 1] ?? 0;
    for (let byte = from.starts[row] ?? 0; byte < end; byte++) {
      to.bytes[at++] = from.bytes[byte] ?? 0;
    }
    to.starts[i + 1] = at;
  }
}

function gather<Column extends Float64Array | Uint32Array>(
  from: Column,
  rows: Uint32Array,
  to: Column,
): void {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i] ?? 0] ?? 0;
}

function gatherPairs(from: Uint32Array, rows: Uint32Array, to: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    to[i * 2] = from[row * 2] ?? 0;
    to[i * 2 + 1] = from[row * 2 + 1] ?? 0;
  }
}
