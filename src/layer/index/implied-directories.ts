import { compareBytes } from '../../base/bytes';
import { AncestorStack } from '../stack/ancestor-stack';
import { findParents } from './directory-tree';
import { isMarkerKind, Kind, kindOf, packTraits, type EntryColumns } from './entry-columns';
import { allocateIndex, type EncodedColumns } from './index-format';
import { RowList } from './row-list';

/** Mode of a directory that has no entry of its own: what an engine makes, 0755. */
const IMPLIED_MODE = 0o755;
/** Where a whiteout and an opaque marker count as standing: before all entries, behind all that hides things. */
const BEFORE_ENTRIES = -0.5;

/**
 * Directories that a layer has only as part of other paths, as columns of their own: as an engine makes them, owned by root and of no time.
 * `contentOffsets` say where in the tar the last entry stands that needs the directory. Engines make one for a whiteout, too. A path that is something else in the same layer, or lies below such a path, is among them, too.
 */
export function findImpliedDirectories(columns: EntryColumns): EncodedColumns {
  const own = RowList.of(columns);
  const finder = new ImpliedFinder(own);
  for (let item = 0; item < own.length; item++) finder.visit(item);
  const implied = columnsOf(finder.found);
  const { columns: found } = implied;
  if (found.rowCount > 0) setOffsets(withRows(own, found, { twins: true }), found);
  return implied;
}

/** The list with the rows of another layer's columns put where they belong; without `twins`, only those whose path has no entry. */
export function withRows(
  list: RowList,
  added: EntryColumns,
  { twins = false }: { readonly twins?: boolean } = {},
): RowList {
  if (added.rowCount === 0) return list;
  const sourceOf: number[] = [];
  const rows: number[] = [];
  let next = 0;
  const takeAdded = (): void => {
    sourceOf.push(list.sources.length);
    rows.push(next++);
  };
  for (let item = 0; item < list.length; item++) {
    while (next < added.rowCount && compare(added, next, list, item) < 0) takeAdded();
    sourceOf.push(list.sourceOf[item] ?? 0);
    rows.push(list.rowAt(item));
    const isEntry = !isMarkerKind(kindOf(list.columnsAt(item), list.rowAt(item)));
    if (!twins && isEntry && next < added.rowCount && compare(added, next, list, item) === 0) {
      next++;
    }
  }
  while (next < added.rowCount) takeAdded();
  return new RowList([...list.sources, added], Uint32Array.from(sourceOf), Uint32Array.from(rows));
}

class ImpliedFinder {
  readonly found: Uint8Array[] = [];
  readonly #list: RowList;
  /** Of each prefix its length; of an item that is no directory the item, as `-1 - item`. */
  readonly #stack = new AncestorStack();
  /** Length of a path that is no directory and has entries below it; 0 away from these. */
  #conflict = 0;

  constructor(list: RowList) {
    this.#list = list;
  }

  visit(item: number): void {
    const { paths } = this.#list.columnsAt(item);
    const row = this.#list.rowAt(item);
    const shared = this.#list.sharedWithPrevious(item);
    this.#stack.keep(shared);
    if (shared < this.#conflict || !paths.isSlash(row, this.#conflict)) this.#conflict = 0;
    const above = this.#stack.above(paths, row, 0);
    const present = above < 0 ? this.#makeDirectory(-1 - above) : above;
    const parentSize = paths.parentSize(row);
    for (let size = present + 1; size <= parentSize; size++) {
      if (paths.isSlash(row, size)) this.#imply(paths.slice(row).subarray(0, size));
    }
    this.#remember(item);
  }

  #remember(item: number): void {
    const columns = this.#list.columnsAt(item);
    const row = this.#list.rowAt(item);
    const kind = kindOf(columns, row);
    const size = columns.paths.sizeOf(row);
    if (kind === Kind.whiteout) return;
    if (kind === Kind.opaque) {
      if (size > 0 && !this.#isDirectory(item + 1, item)) this.#imply(columns.paths.slice(row));
      return;
    }
    if (kind !== Kind.dir) this.#stack.push(size, -1 - item);
    // What became a directory late in the tar lost what it had held, and the entries of its directories with it.
    else if (this.#conflict > 0) this.#imply(columns.paths.slice(row));
    else this.#stack.push(size, size);
  }

  /** True where an item is the directory of the opaque marker before it. */
  #isDirectory(item: number, marker: number): boolean {
    return (
      item < this.#list.length &&
      kindOf(this.#list.columnsAt(item), this.#list.rowAt(item)) === Kind.dir &&
      this.#list.compare(item, this.#list, marker) === 0
    );
  }

  #makeDirectory(item: number): number {
    const path = this.#list.columnsAt(item).paths.slice(this.#list.rowAt(item));
    if (this.#conflict === 0) this.#conflict = path.length;
    this.#imply(path);
    return path.length;
  }

  #imply(path: Uint8Array): void {
    this.found.push(path);
    this.#stack.push(path.length, path.length);
  }
}

function columnsOf(paths: readonly Uint8Array[]): EncodedColumns {
  const sorted = paths.toSorted(compareBytes);
  const unique = sorted.filter((path, i) => compareBytes(path, sorted[i - 1] ?? ROOT) !== 0);
  const encoded = allocateIndex(
    { diffId: undefined, unpackedSize: 0, tarSize: 0 },
    {
      rowCount: unique.length,
      pathBytes: unique.reduce((sum, path) => sum + path.length, 0),
      linkBytes: 0,
      extraBytes: 0,
    },
  );
  const { columns } = encoded;
  let at = 0;
  unique.forEach((path, row) => {
    columns.paths.bytes.set(path, at);
    at += path.length;
    columns.paths.starts[row + 1] = at;
    columns.traits[row] = packTraits(Kind.dir, IMPLIED_MODE);
  });
  columns.paths.compareNeighbours();
  return encoded;
}

/** The root has no entry, so that no path is equal to it. */
const ROOT = new Uint8Array();

/** Carries the offsets of entries up to the directories that they are in. `list` is the layer's own rows and the implied ones. */
function setOffsets(list: RowList, implied: EntryColumns): void {
  const parents = findParents(list);
  const latest = new Float64Array(list.length).fill(-Infinity);
  for (let item = list.length - 1; item >= 0; item--) {
    const columns = list.columnsAt(item);
    const row = list.rowAt(item);
    if (columns === implied) implied.contentOffsets[row] = latest[item] ?? 0;
    else latest[item] = Math.max(latest[item] ?? 0, ownOffset(columns, row));
    const parent = parents[item] ?? -1;
    if (parent >= 0) latest[parent] = Math.max(latest[parent] ?? 0, latest[item] ?? 0);
    const isOpaque = kindOf(columns, row) === Kind.opaque;
    const next = isOpaque && item + 1 < list.length ? list.columnsAt(item + 1) : undefined;
    if (next === implied && list.compare(item, list, item + 1) === 0) {
      const twin = list.rowAt(item + 1);
      implied.contentOffsets[twin] = Math.max(implied.contentOffsets[twin] ?? 0, BEFORE_ENTRIES);
    }
  }
}

function ownOffset(columns: EntryColumns, row: number): number {
  if (isMarkerKind(kindOf(columns, row))) return BEFORE_ENTRIES;
  return columns.contentOffsets[row] ?? 0;
}

function compare(added: EntryColumns, row: number, list: RowList, item: number): number {
  return added.paths.compare(row, list.columnsAt(item).paths, list.rowAt(item));
}
