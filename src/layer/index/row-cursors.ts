import type { EntryColumns } from './entry-columns';

/** What a source shares with the row before it once it has no more rows: less than any row does. */
const ENDED = -1;

/**
 * Walks the rows of several columns at once, in the order of paths, and of the columns where these share a path: a tournament of their next
 * rows that knows of each how many leading bytes it shares with the row it lost to. Of two rows behind the same one, that which shares more
 * with it comes first, so that hardly a byte is compared twice.
 * Bingmann, Eberle, Sanders: Engineering Parallel String Sorting, section 4 (LCP loser tree). https://arxiv.org/abs/1403.2056
 */
export class RowCursors {
  /** Where it stands: which columns, and a row of these. */
  source = -1;
  row = -1;
  /** How many leading bytes the path there shares with that of the row before it, in whichever columns; 0 for the first. */
  shared = 0;
  readonly #columns: readonly EntryColumns[];
  /** Of each columns the next row. */
  readonly #rows: Uint32Array;
  /** Of each columns how much the next row shares with the one it lost to, with the last one given where it has yet to play. */
  readonly #shared: Int32Array;
  /** Who lost in each match; the children of `i` are `2 i` and `2 i + 1`, the columns themselves from their count on. */
  readonly #losers: Int32Array;
  /** Who comes first of the rows that were never given. */
  #first: number;

  constructor(columns: readonly EntryColumns[]) {
    this.#columns = columns;
    this.#rows = new Uint32Array(columns.length);
    this.#shared = Int32Array.from(columns, ({ rowCount }) => (rowCount > 0 ? 0 : ENDED));
    this.#losers = new Int32Array(columns.length);
    this.#first = this.#playAll();
  }

  /** Goes to the next row; false where there is none. */
  next(): boolean {
    const source = this.source < 0 ? this.#first : this.#replay(this.source);
    const shared = this.#shared[source] ?? ENDED;
    if (shared === ENDED) return false;
    this.source = source;
    this.row = this.#rows[source] ?? 0;
    this.shared = shared;
    return true;
  }

  #playAll(): number {
    const count = this.#columns.length;
    const winners = new Int32Array(count * 2);
    for (let source = 0; source < count; source++) winners[count + source] = source;
    for (let match = count - 1; match > 0; match--) {
      const left = winners[match * 2] ?? 0;
      const right = winners[match * 2 + 1] ?? 0;
      const isLeftFirst = this.#isFirst(left, right);
      winners[match] = isLeftFirst ? left : right;
      this.#losers[match] = isLeftFirst ? right : left;
    }
    return winners[1] ?? 0;
  }

  /** The one that was given last goes on to its next row and plays those that it has won against. */
  #replay(last: number): number {
    this.#advance(last);
    let winner = last;
    for (let match = (last + this.#columns.length) >> 1; match > 0; match >>= 1) {
      const other = this.#losers[match] ?? 0;
      if (this.#isFirst(winner, other)) continue;
      this.#losers[match] = winner;
      winner = other;
    }
    return winner;
  }

  #advance(source: number): void {
    const columns = this.#columns[source];
    const row = this.row + 1;
    this.#rows[source] = row;
    const hasRow = columns !== undefined && row < columns.rowCount;
    this.#shared[source] = hasRow ? columns.paths.sharedWith(this.row, row) : ENDED;
  }

  /** Whether the row of `a` comes before that of `b`. Both know what they share with the same row; who loses learns what it shares with the other. */
  #isFirst(a: number, b: number): boolean {
    const shared = this.#shared[a] ?? ENDED;
    const lead = shared - (this.#shared[b] ?? ENDED);
    if (lead !== 0) return lead > 0;
    const paths = this.#columns[a]?.paths;
    const otherPaths = this.#columns[b]?.paths;
    if (shared === ENDED || !paths || !otherPaths) return a < b;
    const row = this.#rows[a] ?? 0;
    const otherRow = this.#rows[b] ?? 0;
    const common = paths.commonPrefix(row, otherPaths, otherRow, shared);
    const order = paths.byteAt(row, common) - otherPaths.byteAt(otherRow, common);
    const isFirst = order < 0 || (order === 0 && a < b);
    this.#shared[isFirst ? b : a] = common;
    return isFirst;
  }
}
