import { NameTable } from './name-table';

const SLASH = 0x2f;

/** Paths of rows that are sorted bytewise. None is longer than `LIMITS.tarNameBytes`. */
export class PathTable extends NameTable {
  /** How many leading bytes each row shares with the one before it. */
  readonly #shared: Uint16Array;

  constructor(bytes: Uint8Array, starts: Uint32Array, shared: Uint16Array) {
    super(bytes, starts);
    this.#shared = shared;
  }

  override part(start: number, end: number): PathTable {
    const starts = this.starts.subarray(start, end + 1);
    return new PathTable(this.bytes, starts, this.#shared.subarray(start, end));
  }

  /** Fills the column of shared bytes, once the paths are in place. */
  compareNeighbours(): void {
    for (let row = 1; row < this.length; row++) {
      this.#shared[row] = this.commonPrefix(row, this, row - 1);
    }
  }

  /** Negative, zero or positive, as the bytes of two names say. */
  compare(row: number, other: NameTable, otherRow: number): number {
    const size = this.sizeOf(row);
    const otherSize = other.sizeOf(otherRow);
    const shared = this.commonPrefix(row, other, otherRow);
    if (shared === size || shared === otherSize) return size - otherSize;
    return (
      (this.bytes[(this.starts[row] ?? 0) + shared] ?? 0) -
      (other.bytes[(other.starts[otherRow] ?? 0) + shared] ?? 0)
    );
  }

  /** How many leading bytes two names share, of which `known` are known to be the same. */
  commonPrefix(row: number, other: NameTable, otherRow: number, known = 0): number {
    const { bytes } = this;
    const otherBytes = other.bytes;
    const start = this.starts[row] ?? 0;
    let a = start + known;
    let b = (other.starts[otherRow] ?? 0) + known;
    const end = start + Math.min(this.sizeOf(row), other.sizeOf(otherRow));
    while (a < end && bytes[a] === otherBytes[b]) {
      a++;
      b++;
    }
    return a - start;
  }

  /** How many leading bytes a path shares with one some rows before it. */
  sharedWith(earlier: number, row: number): number {
    let shared = this.#shared[row] ?? 0;
    for (let between = row - 1; between > earlier; between--) {
      shared = Math.min(shared, this.#shared[between] ?? 0);
    }
    return shared;
  }

  /** A byte of a name; -1 behind its end, which comes before all that goes on. */
  byteAt(row: number, at: number): number {
    return at < this.sizeOf(row) ? (this.bytes[(this.starts[row] ?? 0) + at] ?? -1) : -1;
  }

  /** True where byte `at` of the name is a slash. */
  isSlash(row: number, at: number): boolean {
    return at < this.sizeOf(row) && this.bytes[(this.starts[row] ?? 0) + at] === SLASH;
  }

  /** Length of the path of the directory that holds it; 0 for what lies in the root. */
  parentSize(row: number): number {
    const start = this.starts[row] ?? 0;
    let at = (this.starts[row + 1] ?? 0) - 1;
    while (at > start && this.bytes[at] !== SLASH) at--;
    return Math.max(0, at - start);
  }

  /** Negative, zero or positive, as the bytes of a row's name and of `name` say. */
  compareBytes(row: number, name: Uint8Array): number {
    const start = this.starts[row] ?? 0;
    const size = this.sizeOf(row);
    const end = Math.min(size, name.length);
    let at = 0;
    while (at < end && this.bytes[start + at] === name[at]) at++;
    return at === end ? size - name.length : (this.bytes[start + at] ?? 0) - (name[at] ?? 0);
  }

  /** The first row whose name is not before `name`. */
  lowerBound(name: Uint8Array): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compareBytes(middle, name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Rows of exactly that name, which stand together. */
  rowsOf(name: Uint8Array): number[] {
    const rows: number[] = [];
    for (let row = this.lowerBound(name); row < this.length; row++) {
      if (this.compareBytes(row, name) !== 0) break;
      rows.push(row);
    }
    return rows;
  }
}
