import { escapeBytes } from '../../base/bytes';

const BACKSLASH = 0x5c;
/** Longest name decoded by itself: more arguments might overflow the stack of `fromCharCode`. */
const SHORT = 512;
/** Rows decoded at once where one is asked for after the other. */
const BLOCK_ROWS = 1024;

const latin1 = new TextDecoder('latin1');

/** Names as one run of bytes: row `i` is `bytes[starts[i]]` up to `bytes[starts[i + 1]]`. */
export class NameTable {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly length: number;
  #block: TextBlock | undefined;
  #lastRow = -2;

  constructor(bytes: Uint8Array, starts: Uint32Array) {
    this.bytes = bytes;
    this.starts = starts;
    this.length = Math.max(0, starts.length - 1);
  }

  /** A view of the name's bytes, not a copy. */
  slice(row: number): Uint8Array {
    return this.bytes.subarray(this.starts[row], this.starts[row + 1]);
  }

  /** Rows start ≤ x < end as a table of their own, not copied. */
  part(start: number, end: number): NameTable {
    return new NameTable(this.bytes, this.starts.subarray(start, end + 1));
  }

  sizeOf(row: number): number {
    return (this.starts[row + 1] ?? 0) - (this.starts[row] ?? 0);
  }

  /** The name as `escapeBytes` writes it. */
  text(row: number): string {
    const start = this.starts[row] ?? 0;
    const end = this.starts[row + 1] ?? 0;
    if (start >= end) return '';
    const isNext = row === this.#lastRow + 1;
    this.#lastRow = row;
    if (this.#block && row >= this.#block.first && row < this.#block.last) {
      return this.#block.text.slice(start - this.#block.start, end - this.#block.start);
    }
    if (isNext && this.#decodeBlock(row)) return this.text(row);
    if (end - start > SHORT || !isPlain(this.bytes, start, end))
      return escapeBytes(this.slice(row));
    return String.fromCharCode(...this.bytes.subarray(start, end));
  }

  /** Decodes the rows from `row` on, where all of them are plain ASCII. */
  #decodeBlock(row: number): boolean {
    const last = Math.min(this.length, row + BLOCK_ROWS);
    const start = this.starts[row] ?? 0;
    const end = this.starts[last] ?? 0;
    if (!isPlain(this.bytes, start, end)) return false;
    const text = latin1.decode(this.bytes.subarray(start, end));
    this.#block = { first: row, last, start, text };
    return true;
  }
}

/** The text of rows `first` to `last`, which begin at `start` of the bytes. */
interface TextBlock {
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly text: string;
}

/** True where every byte stands for itself in an escaped name. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80 || byte === BACKSLASH) return false;
  }
  return true;
}
