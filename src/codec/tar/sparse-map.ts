import { concatBytes } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import { badTar, limitExceeded, type Place } from '../errors';
import { decimal } from './pax';
import { numberField } from './tar-block';
import type { SparseRun } from './tar-entry';

const RUN_BYTES = 24;
const NUMBER_BYTES = 12;

/** Where an old GNU header and the blocks that go on with its map have their runs, bytes. */
const HEADER_MAP = { runsAt: 386, runCount: 4, moreAt: 482 };
const BLOCK_MAP = { runsAt: 0, runCount: 21, moreAt: 504 };
const REAL_SIZE_AT = 483;

/** One block's part of an old GNU sparse map. */
export interface SparseBlock {
  readonly runs: readonly SparseRun[];
  /** True where another block of the map follows. */
  readonly more: boolean;
}

/** The map in a header of type `S`. */
export function parseSparseHeader(block: Uint8Array, place: Place): SparseBlock {
  return parseRuns(block, HEADER_MAP, place);
}

/** The map in a block that follows such a header. */
export function parseSparseBlock(block: Uint8Array, place: Place): SparseBlock {
  return parseRuns(block, BLOCK_MAP, place);
}

/** Size of the file with its holes, of a header of type `S`. */
export function sparseRealSize(block: Uint8Array, place: Place): number {
  return sizeField(block, REAL_SIZE_AT, place);
}

function parseRuns(block: Uint8Array, map: typeof HEADER_MAP, place: Place): SparseBlock {
  const runs: SparseRun[] = [];
  for (let i = 0; i < map.runCount; i++) {
    const at = map.runsAt + i * RUN_BYTES;
    if (block[at] === 0) break;
    runs.push({
      offset: sizeField(block, at, place),
      length: sizeField(block, at + NUMBER_BYTES, place),
    });
  }
  return { runs, more: (block[map.moreAt] ?? 0) !== 0 };
}

function sizeField(block: Uint8Array, at: number, place: Place): number {
  const value = numberField(block, at, NUMBER_BYTES);
  if (value === undefined || value < 0) throw badTar(place, 'a sparse map holds no valid number');
  return value;
}

/** The map of pax 0.1: `offset,length,offset,length`; of 0.0 its records joined likewise. */
export function parseSparseList(text: Uint8Array, place: Place): SparseRun[] {
  return pairUp(splitNumbers(text, COMMA, place), place);
}

/**
 * The map that pax 1.0 puts before the content, read block by block: decimal numbers, each on a line, the first the number of runs.
 * https://www.gnu.org/software/tar/manual/html_node/PAX-1.html
 */
export class SparseMapText {
  readonly #place: Place;
  readonly #blocks: Uint8Array[] = [];
  #lines = 0;
  #wanted: number | undefined;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Takes the next block; gives the runs once the map is whole. Throws `bad-tar` and `limit-exceeded`. */
  push(block: Uint8Array): SparseRun[] | undefined {
    this.#blocks.push(block.slice());
    checkSparseSize(this.#blocks.length * block.length, this.#place);
    for (const byte of block) if (byte === NEWLINE) this.#lines++;
    if (this.#lines === 0) return undefined;
    this.#wanted ??= 1 + 2 * this.#count();
    return this.#lines >= this.#wanted ? this.#runs(this.#wanted) : undefined;
  }

  #count(): number {
    const text = concatBytes(this.#blocks);
    const count = decimal(text.subarray(0, text.indexOf(NEWLINE)));
    if (count === undefined) throw badTar(this.#place, 'a sparse map holds no valid number');
    return count;
  }

  #runs(lines: number): SparseRun[] {
    const text = concatBytes(this.#blocks);
    let end = -1;
    for (let line = 0; line < lines; line++) end = text.indexOf(NEWLINE, end + 1);
    return pairUp(splitNumbers(text.subarray(0, end), NEWLINE, this.#place).slice(1), this.#place);
  }
}

const COMMA = 0x2c;
const NEWLINE = 0x0a;

function splitNumbers(text: Uint8Array, separator: number, place: Place): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < text.length;) {
    const found = text.indexOf(separator, at);
    const end = found === -1 ? text.length : found;
    const value = decimal(text.subarray(at, end));
    if (value === undefined) throw badTar(place, 'a sparse map holds no valid number');
    numbers.push(value);
    at = end + 1;
  }
  return numbers;
}

function pairUp(numbers: readonly number[], place: Place): SparseRun[] {
  if (numbers.length % 2 !== 0) throw badTar(place, 'a sparse map has an offset without a length');
  const runs: SparseRun[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    runs.push({ offset: numbers[i] ?? 0, length: numbers[i + 1] ?? 0 });
  }
  return runs;
}

/** Throws `limit-exceeded` for an old GNU map of too many runs. */
export function checkSparseRunCount(runs: number, place: Place): void {
  checkSparseSize(runs * RUN_BYTES, place);
}

/** Throws `limit-exceeded` for a map of too many bytes. */
export function checkSparseSize(bytes: number, place: Place): void {
  if (bytes <= LIMITS.sparseMapBytes) return;
  const limit = LIMITS.sparseMapBytes;
  throw limitExceeded(place, `a sparse map of more than the ${limit} bytes allowed`, limit);
}

/**
 * The runs that hold bytes, once they are known to be in order, inside the file and covered by what is stored. Throws `bad-tar`.
 */
export function checkSparseRuns(
  runs: readonly SparseRun[],
  { size, storedSize }: { readonly size: number; readonly storedSize: number },
  place: Place,
): SparseRun[] {
  let end = 0;
  let sum = 0;
  for (const { offset, length } of runs) {
    if (offset < end || offset + length > size) {
      throw badTar(place, 'a sparse map is out of order or reaches past the end of its file');
    }
    end = offset + length;
    sum += length;
  }
  if (sum > storedSize) throw badTar(place, 'a sparse map names more bytes than are stored');
  return runs.filter(({ length }) => length > 0);
}
