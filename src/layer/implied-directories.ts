import { compareBytes } from '../base/bytes';
import { AncestorStack } from './ancestor-stack';
import { isMarkerKind, Kind, kindOf, packTraits, type EntryColumns } from './entry-columns';
import { allocateIndex } from './index-format';
import { RowList } from './row-list';

/** Mode of a directory that has no entry of its own: what an engine makes, 0755. */
const IMPLIED_MODE = 0o755;

interface ImpliedOptions {
  /** Paths that are not in the list, and directories all the same. */
  readonly claimed?: readonly Uint8Array[];
  /** What is no directory and has entries below it becomes one, as it does when a layer is stacked over it. */
  readonly replace?: boolean;
}

/** The list with a directory for every path that is there only as part of other paths. Their columns are further sources. */
export function withImpliedDirectories(list: RowList, options: ImpliedOptions = {}): RowList {
  const { claimed = [], replace = false } = options;
  const present = claimed.length === 0 ? list : insert(list, columnsOf(claimed), new Set());
  const finder = new ImpliedFinder(present, replace);
  for (let item = 0; item < present.length; item++) finder.visit(item);
  const { implied, replaced } = finder;
  return implied.length === 0 ? present : insert(present, columnsOf(implied), replaced);
}

class ImpliedFinder {
  readonly implied: Uint8Array[] = [];
  readonly replaced = new Set<number>();
  readonly #list: RowList;
  readonly #replaces: boolean;
  /** Of each prefix its length, or, of an item that is to become a directory once something lies below it, the item as `-1 - item`. */
  readonly #stack = new AncestorStack();

  constructor(list: RowList, replaces: boolean) {
    this.#list = list;
    this.#replaces = replaces;
  }

  visit(item: number): void {
    const columns = this.#list.columnsAt(item);
    const row = this.#list.rowAt(item);
    const { paths } = columns;
    this.#stack.keep(this.#list.sharedWithPrevious(item));
    const above = this.#stack.above(paths, row, 0);
    const present = above < 0 ? this.#replace(-1 - above) : above;
    const parentSize = paths.parentSize(row);
    for (let size = present + 1; size <= parentSize; size++) {
      if (paths.isSlash(row, size)) this.#imply(paths.slice(row).subarray(0, size));
    }
    const kind = kindOf(columns, row);
    if (isMarkerKind(kind)) return;
    const size = paths.sizeOf(row);
    this.#stack.push(size, this.#replaces && kind !== Kind.dir ? -1 - item : size);
  }

  #replace(item: number): number {
    const path = this.#list.columnsAt(item).paths.slice(this.#list.rowAt(item));
    this.replaced.add(item);
    this.#imply(path);
    return path.length;
  }

  #imply(path: Uint8Array): void {
    this.implied.push(path);
    this.#stack.push(path.length, path.length);
  }
}

/** Columns of directories that no layer says anything about: owned by root, of no time. */
function columnsOf(paths: readonly Uint8Array[]): EntryColumns {
  const sorted = paths.toSorted(compareBytes);
  const unique = sorted.filter((path, i) => compareBytes(path, sorted[i - 1] ?? ROOT) !== 0);
  const { columns } = allocateIndex(
    { diffId: undefined, unpackedSize: 0, tarSize: 0 },
    {
      rowCount: unique.length,
      pathBytes: unique.reduce((sum, path) => sum + path.length, 0),
      linkBytes: 0,
      extraBytes: 0,
    },
  );
  let at = 0;
  unique.forEach((path, row) => {
    columns.paths.bytes.set(path, at);
    at += path.length;
    columns.paths.starts[row + 1] = at;
    columns.traits[row] = packTraits(Kind.dir, IMPLIED_MODE);
  });
  return columns;
}

/** The root has no entry, so that no path is equal to it. */
const ROOT = new Uint8Array();

/** The list without `dropped`, and with the rows of `added` where they belong, behind a marker of the same path. */
function insert(list: RowList, added: EntryColumns, dropped: ReadonlySet<number>): RowList {
  const length = list.length - dropped.size + added.rowCount;
  const sourceOf = new Uint32Array(length);
  const rows = new Uint32Array(length);
  const source = list.sources.length;
  let at = 0;
  let next = 0;
  const takeAdded = (): void => {
    sourceOf[at] = source;
    rows[at++] = next++;
  };
  for (let item = 0; item < list.length; item++) {
    if (dropped.has(item)) continue;
    while (next < added.rowCount && isBefore(added, next, list, item)) takeAdded();
    sourceOf[at] = list.sourceOf[item] ?? 0;
    rows[at++] = list.rowAt(item);
  }
  while (next < added.rowCount) takeAdded();
  return new RowList([...list.sources, added], sourceOf, rows);
}

function isBefore(added: EntryColumns, row: number, list: RowList, item: number): boolean {
  return added.paths.compare(row, list.columnsAt(item).paths, list.rowAt(item)) < 0;
}
