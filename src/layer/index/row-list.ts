import type { EntryColumns } from './entry-columns';

/**
 * Rows of several layers in one order, as numbers: item `i` is row `rows[i]` of `sources[sourceOf[i]]`. Nothing of a layer is copied.
 * Sorted bytewise by path.
 */
export class RowList {
  readonly sources: readonly EntryColumns[];
  readonly sourceOf: Uint32Array;
  readonly rows: Uint32Array;
  readonly length: number;

  constructor(sources: readonly EntryColumns[], sourceOf: Uint32Array, rows: Uint32Array) {
    this.sources = sources;
    this.sourceOf = sourceOf;
    this.rows = rows;
    this.length = rows.length;
  }

  /** All rows of one layer. */
  static of(columns: EntryColumns): RowList {
    const rows = Uint32Array.from({ length: columns.rowCount }, (_, row) => row);
    return new RowList([columns], new Uint32Array(rows.length), rows);
  }

  /** Throws RangeError where there is no such item. */
  columnsAt(item: number): EntryColumns {
    const columns = this.sources[this.sourceOf[item] ?? -1];
    if (!columns) throw new RangeError(`No entry at position ${item} of ${this.length}.`);
    return columns;
  }

  rowAt(item: number): number {
    return this.rows[item] ?? 0;
  }

  /** Bytes of content, by item. */
  sizes(): Float64Array {
    const sizes = new Float64Array(this.length);
    for (let item = 0; item < this.length; item++) {
      sizes[item] = this.columnsAt(item).sizes[this.rowAt(item)] ?? 0;
    }
    return sizes;
  }

  compare(item: number, other: RowList, otherItem: number): number {
    const paths = other.columnsAt(otherItem).paths;
    return this.columnsAt(item).paths.compare(this.rowAt(item), paths, other.rowAt(otherItem));
  }

  /** How many leading bytes the paths of an item and the one before it share; 0 for the first. */
  sharedWithPrevious(item: number): number {
    if (item === 0) return 0;
    const { paths } = this.columnsAt(item);
    const row = this.rowAt(item);
    const previous = this.rowAt(item - 1);
    return this.sourceOf[item] === this.sourceOf[item - 1]
      ? paths.sharedWith(previous, row)
      : paths.commonPrefix(row, this.columnsAt(item - 1).paths, previous);
  }

  /** The first item whose path is not before `path`. */
  lowerBound(path: Uint8Array): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { paths } = this.columnsAt(middle);
      if (paths.compareBytes(this.rowAt(middle), path) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
