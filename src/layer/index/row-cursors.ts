import type { EntryColumns } from './entry-columns';

/** Walks the rows of several columns at once, in the order of paths, and of the columns where these share a path. */
export class RowCursors {
  /** Where it stands: which columns, and a row of these. */
  source = -1;
  row = -1;
  readonly #columns: readonly EntryColumns[];
  readonly #rows: Uint32Array;
  /** A binary heap of the columns that have rows left, by the path of their next row. */
  readonly #heap: number[] = [];

  constructor(columns: readonly EntryColumns[]) {
    this.#columns = columns;
    this.#rows = new Uint32Array(columns.length);
    columns.forEach(({ rowCount }, source) => {
      if (rowCount > 0) this.#heap.push(source);
    });
    for (let at = this.#heap.length >> 1; at >= 0; at--) this.#sink(at);
  }

  /** Goes to the next row; false where there is none. */
  next(): boolean {
    const source = this.#heap[0];
    if (source === undefined) return false;
    this.source = source;
    this.row = this.#rows[source] ?? 0;
    this.#rows[source] = this.row + 1;
    if (this.row + 1 >= (this.#columns[source]?.rowCount ?? 0)) {
      const last = this.#heap.pop() ?? 0;
      if (this.#heap.length > 0) this.#heap[0] = last;
    }
    this.#sink(0);
    return true;
  }

  #sink(from: number): void {
    let at = from;
    for (;;) {
      const left = at * 2 + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const least = right < this.#heap.length && this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(least, at)) return;
      const source = this.#heap[at] ?? 0;
      this.#heap[at] = this.#heap[least] ?? 0;
      this.#heap[least] = source;
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const source = this.#heap[a] ?? 0;
    const other = this.#heap[b] ?? 0;
    const paths = this.#columns[source]?.paths;
    const otherPaths = this.#columns[other]?.paths;
    if (!paths || !otherPaths) return false;
    const order = paths.compare(this.#rows[source] ?? 0, otherPaths, this.#rows[other] ?? 0);
    return order < 0 || (order === 0 && source < other);
  }
}
