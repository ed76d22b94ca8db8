import type { BitReader } from './bit-reader';
import { HuffmanCode } from './huffman-code';

/** A block before the Burrows-Wheeler transform is undone. */
export interface Bzip2Block {
  /** Bytes in the block, before the runs of the first stage are spelled out. */
  readonly length: number;
  /** Where in the transformed bytes the first one is. */
  readonly origin: number;
}

const MAX_CODE_BITS = 20;
const GROUP_SYMBOLS = 50;
const RUN_A = 0;
const RUN_B = 1;

/** Something in a block that its format does not allow. */
export class Bzip2Damage extends Error {}

/**
 * Reads a block from after its checksum: its header, its Huffman-coded symbols, and the move-to-front and zero-run coding below them. Leaves in
 * `links` what `unlink` follows: for each position the byte, and in the upper 24 bits the position of the next one. Throws `Bzip2Damage`.
 */
export function readBlock(reader: BitReader, links: Uint32Array): Bzip2Block {
  if (reader.read(1) === 1) throw new Bzip2Damage('randomised block of bzip2 before 0.9.5');
  const origin = reader.read(24);
  const symbols = readUsedBytes(reader);
  const codeCount = reader.read(3);
  if (symbols.length === 0 || codeCount < 2 || codeCount > 6) throw new Bzip2Damage('block header');
  const selectors = readSelectors(reader, codeCount);
  const codes = Array.from({ length: codeCount }, () => readCode(reader, symbols.length + 2));
  const counts = new Uint32Array(256);
  const length = readSymbols(reader, { selectors, codes, symbols }, { links, counts });
  if (origin >= length) throw new Bzip2Damage('origin outside the block');
  linkUp(links, length, counts);
  return { length, origin };
}

/** The byte values that occur, in order: two levels of bit maps. */
function readUsedBytes(reader: BitReader): Uint8Array {
  const used: number[] = [];
  const rows = reader.read(16);
  for (let row = 0; row < 16; row++) {
    if ((rows & (0x8000 >> row)) === 0) continue;
    const columns = reader.read(16);
    for (let column = 0; column < 16; column++) {
      if (columns & (0x8000 >> column)) used.push(row * 16 + column);
    }
  }
  return Uint8Array.from(used);
}

/** Which code each group of 50 symbols is in: move-to-front positions, in unary. */
function readSelectors(reader: BitReader, codeCount: number): Uint8Array {
  const selectors = new Uint8Array(reader.read(15));
  const order = [0, 1, 2, 3, 4, 5];
  for (let i = 0; i < selectors.length; i++) {
    let position = 0;
    while (reader.read(1) === 1) {
      position++;
      if (position >= codeCount) throw new Bzip2Damage('selector');
    }
    const [selected = 0] = order.splice(position, 1);
    order.unshift(selected);
    selectors[i] = selected;
  }
  return selectors;
}

/** Code lengths, each as steps up or down from the one before. */
function readCode(reader: BitReader, symbolCount: number): HuffmanCode {
  const lengths = new Uint8Array(symbolCount);
  let length = reader.read(5);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_BITS) throw new Bzip2Damage('code length');
      if (reader.read(1) === 0) break;
      length += reader.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return new HuffmanCode(lengths);
}

interface BlockCoding {
  readonly selectors: Uint8Array;
  readonly codes: readonly HuffmanCode[];
  /** Byte values, as the move-to-front list begins. */
  readonly symbols: Uint8Array;
}

interface BlockOutput {
  readonly links: Uint32Array;
  /** How often each byte value occurs. */
  readonly counts: Uint32Array;
}

/** Writes the block's bytes to `links` and counts them; gives their number. */
function readSymbols(
  reader: BitReader,
  { selectors, codes, symbols }: BlockCoding,
  { links, counts }: BlockOutput,
): number {
  const order = symbols.slice();
  const endSymbol = symbols.length + 1;
  let length = 0;
  let runLength = 0;
  let runWeight = 1;
  for (const selector of selectors) {
    const code = codes[selector];
    if (!code) throw new Bzip2Damage('selector');
    for (let i = 0; i < GROUP_SYMBOLS; i++) {
      const symbol = code.read(reader);
      if (symbol === RUN_A || symbol === RUN_B) {
        runLength += runWeight << symbol;
        runWeight *= 2;
        if (runLength > links.length) throw new Bzip2Damage('run past the end of the block');
        continue;
      }
      if (runLength > 0) {
        const byte = order[0] ?? 0;
        if (length + runLength > links.length) throw new Bzip2Damage('block too long');
        links.fill(byte, length, length + runLength);
        counts[byte] = (counts[byte] ?? 0) + runLength;
        length += runLength;
        runLength = 0;
        runWeight = 1;
      }
      if (symbol === endSymbol) return length;
      if (symbol === undefined || length >= links.length) throw new Bzip2Damage('symbol');
      const byte = moveToFront(order, symbol - 1);
      counts[byte] = (counts[byte] ?? 0) + 1;
      links[length++] = byte;
    }
  }
  throw new Bzip2Damage('block without an end');
}

function moveToFront(order: Uint8Array, position: number): number {
  const byte = order[position] ?? 0;
  if (position < 16) {
    for (let i = position; i > 0; i--) order[i] = order[i - 1] ?? 0;
  } else {
    order.copyWithin(1, 0, position);
  }
  order[0] = byte;
  return byte;
}

/** Puts into the upper bits of each position the one whose byte comes next in the text: the inverse of the transform. */
function linkUp(links: Uint32Array, length: number, counts: Uint32Array): void {
  const starts = new Uint32Array(256);
  for (let byte = 0, sum = 0; byte < 256; byte++) {
    starts[byte] = sum;
    sum += counts[byte] ?? 0;
  }
  for (let i = 0; i < length; i++) {
    const byte = (links[i] ?? 0) & 0xff;
    const at = starts[byte] ?? 0;
    starts[byte] = at + 1;
    links[at] = (links[at] ?? 0) | (i << 8);
  }
}
