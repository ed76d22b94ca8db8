import { AncestorStack } from '../stack/ancestor-stack';
import { isMarkerKind, kindOf } from './entry-columns';
import type { RowList } from './row-list';

/** Which item lies in which directory. */
export class DirectoryTree {
  /** The directory that holds each item, -1 for the root. */
  readonly parents: Int32Array;
  /** Items by directory: those of directory `d` are `#items[#starts[d + 1]]` up to `#items[#starts[d + 2]]`, the root being -1. */
  readonly #starts: Uint32Array;
  readonly #items: Uint32Array;

  constructor(parents: Int32Array) {
    this.parents = parents;
    const starts = new Uint32Array(parents.length + 2);
    for (const parent of parents) starts[parent + 2] = (starts[parent + 2] ?? 0) + 1;
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
    const next = starts.slice();
    this.#items = new Uint32Array(parents.length);
    for (let item = 0; item < parents.length; item++) {
      const slot = (parents[item] ?? -1) + 1;
      const at = next[slot] ?? 0;
      this.#items[at] = item;
      next[slot] = at + 1;
    }
    this.#starts = starts;
  }

  /** Items directly in a directory (-1: the root), by path. A view, not a copy. */
  childrenOf(item: number): Uint32Array {
    return this.#items.subarray(this.#starts[item + 1], this.#starts[item + 2]);
  }

  /**
   * Sums `values` (one an item) up the tree: what each item and everything below it come to, and in the last place what all of them do.
   */
  totals(values: Float64Array): Float64Array {
    const totals = new Float64Array(values.length + 1);
    totals.set(values);
    // A directory stands before what is in it.
    for (let item = values.length - 1; item >= 0; item--) {
      const parent = this.parents[item] ?? -1;
      const into = parent < 0 ? values.length : parent;
      totals[into] = (totals[into] ?? 0) + (totals[item] ?? 0);
    }
    return totals;
  }
}

/** Of each item of a list that is sorted by path the directory that holds it, -1 for the root. */
export function findParents(list: RowList): Int32Array {
  const parents = new Int32Array(list.length);
  const stack = new AncestorStack();
  for (let item = 0; item < list.length; item++) {
    const columns = list.columnsAt(item);
    const row = list.rowAt(item);
    stack.keep(list.sharedWithPrevious(item));
    parents[item] = stack.above(columns.paths, row, -1);
    if (!isMarkerKind(kindOf(columns, row))) stack.push(columns.paths.sizeOf(row), item);
  }
  return parents;
}
