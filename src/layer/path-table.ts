import { escapeBytes } from '../base/bytes';

const SLASH = 0x2f;
const BACKSLASH = 0x5c;
/** Longest name decoded by the fast path: more arguments might overflow the stack of `fromCharCode`. */
const SHORT = 512;

/**
 * Names as one run of bytes: row `i` is `bytes[starts[i]]` up to `bytes[starts[i + 1]]`. Rows of an index are
 * sorted bytewise.
 */
export class PathTable {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly length: number;

  constructor(bytes: Uint8Array, starts: Uint32Array) {
    this.bytes = bytes;
    this.starts = starts;
    this.length = Math.max(0, starts.length - 1);
  }

  /** A view of the name's bytes, not a copy. */
  slice(row: number): Uint8Array {
    return this.bytes.subarray(this.starts[row], this.starts[row + 1]);
  }

  sizeOf(row: number): number {
    return (this.starts[row + 1] ?? 0) - (this.starts[row] ?? 0);
  }

  /** The name as `escapeBytes` writes it. */
  text(row: number): string {
    const start = this.starts[row] ?? 0;
    const end = this.starts[row + 1] ?? 0;
    if (end - start > SHORT) return escapeBytes(this.slice(row));
    for (let at = start; at < end; at++) {
      const byte = this.bytes[at] ?? 0;
      if (byte >= 0x80 || byte === BACKSLASH) return escapeBytes(this.slice(row));
    }
    return String.fromCharCode.apply(null, asNumbers(this.bytes.subarray(start, end)));
  }

  /** Negative, zero or positive, as the bytes of two names say. */
  compare(row: number, other: PathTable, otherRow: number): number {
    const size = this.sizeOf(row);
    const otherSize = other.sizeOf(otherRow);
    const shared = this.commonPrefix(row, other, otherRow);
    if (shared === size || shared === otherSize) return size - otherSize;
    return (
      (this.bytes[(this.starts[row] ?? 0) + shared] ?? 0) -
      (other.bytes[(other.starts[otherRow] ?? 0) + shared] ?? 0)
    );
  }

  /** How many leading bytes two names share. */
  commonPrefix(row: number, other: PathTable, otherRow: number): number {
    const { bytes } = this;
    const otherBytes = other.bytes;
    const start = this.starts[row] ?? 0;
    let a = start;
    let b = other.starts[otherRow] ?? 0;
    const end = start + Math.min(this.sizeOf(row), other.sizeOf(otherRow));
    while (a < end && bytes[a] === otherBytes[b]) {
      a++;
      b++;
    }
    return a - start;
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

  /** Rows of exactly that name, which stand together. */
  rowsOf(name: Uint8Array): number[] {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compareBytes(middle, name) < 0) low = middle + 1;
      else high = middle;
    }
    const rows: number[] = [];
    for (let row = low; row < this.length && this.compareBytes(row, name) === 0; row++) {
      rows.push(row);
    }
    return rows;
  }
}

/** `apply` takes any array-like; its type does not say so. */
function asNumbers(bytes: Uint8Array): number[] {
  return bytes as unknown as number[];
}
