import type { BitReader } from './bit-reader';

const MAX_BITS = 20;
/** Codes of at most this length are looked up, longer ones searched for. */
const FAST_BITS = 10;

/** A canonical Huffman code of lengths from 1 to 20 bits. */
export class HuffmanCode {
  /** By the next 10 bits: the symbol above, its code's length in the lower 5; 0 where the code is longer. */
  readonly #fast = new Uint16Array(1 << FAST_BITS);
  /** By length: one more than the largest code of that length. */
  readonly #limits = new Uint32Array(MAX_BITS + 1);
  /** By length: what to add to a code for its place in `#symbols`. */
  readonly #bases = new Int32Array(MAX_BITS + 1);
  readonly #symbols: Uint16Array;

  /** `lengths` by symbol, bits; fewer than 2048 symbols. */
  constructor(lengths: Uint8Array) {
    this.#symbols = new Uint16Array(lengths.length);
    let code = 0;
    let place = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      this.#bases[length] = place - code;
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue;
        this.#symbols[place++] = symbol;
        if (length <= FAST_BITS) this.#fill(code, length, symbol);
        code++;
      }
      this.#limits[length] = code;
      code *= 2;
    }
  }

  /** The next symbol, undefined where no code fits. */
  read(reader: BitReader): number | undefined {
    const bits = reader.peek(MAX_BITS);
    const found = this.#fast[bits >> (MAX_BITS - FAST_BITS)] ?? 0;
    if (found !== 0) {
      reader.drop(found & 0x1f);
      return found >> 5;
    }
    for (let length = FAST_BITS + 1; length <= MAX_BITS; length++) {
      const code = bits >> (MAX_BITS - length);
      if (code < (this.#limits[length] ?? 0)) {
        reader.drop(length);
        return this.#symbols[code + (this.#bases[length] ?? 0)];
      }
    }
    return undefined;
  }

  /** All values of the next bits that begin with the code. */
  #fill(code: number, length: number, symbol: number): void {
    const span = 1 << (FAST_BITS - length);
    this.#fast.fill((symbol << 5) | length, code * span, (code + 1) * span);
  }
}
