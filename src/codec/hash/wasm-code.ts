/** A local of a function, or one of its parameters, which come first. */
export type Local = number;

/** Which types a WebAssembly value has here: a 32-bit word, or four of them side by side. */
const WORD = 0x7f;
const FOUR_WORDS = 0x7b;

export interface WasmFunction {
  /** Words that the function takes. */
  readonly parameters: number;
  /** Further locals: words, then fours of words. */
  readonly words: number;
  readonly fours: number;
  readonly body: WasmCode;
}

/** Name under which a module exports its function, and its memory. */
export const RUN = 'run';
export const MEMORY = 'memory';

/** A module of one function and a memory of so many pages of 64 KiB. https://webassembly.github.io/spec/core/binary/modules.html */
export function wasmModule(
  { parameters, words, fours, body }: WasmFunction,
  pages: number,
): Uint8Array<ArrayBuffer> {
  const locals = [2, ...unsigned(words), WORD, ...unsigned(fours), FOUR_WORDS];
  const END = 0x0b;
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, parameters, ...new Array<number>(parameters).fill(WORD), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, ...name(MEMORY), 2, 0, ...name(RUN), 0, 0]),
    ...section(10, [1, ...sized([...locals, ...body.bytes, END])]),
  ]);
}

/**
 * Writes the instructions of a function, one by one: each takes its operands from the stack and leaves its result there. Addresses are fixed
 * unless they are said to be on the stack; bytes. https://webassembly.github.io/spec/core/binary/instructions.html
 */
export class WasmCode {
  readonly bytes: number[] = [];

  get(local: Local): this {
    return this.#put(0x20, ...unsigned(local));
  }

  set(local: Local): this {
    return this.#put(0x21, ...unsigned(local));
  }

  /** Sets it, and leaves the value on the stack. */
  tee(local: Local): this {
    return this.#put(0x22, ...unsigned(local));
  }

  constant(value: number): this {
    return this.#put(0x41, ...signed(value));
  }

  add(): this {
    return this.#put(0x6a);
  }

  subtract(): this {
    return this.#put(0x6b);
  }

  and(): this {
    return this.#put(0x71);
  }

  xor(): this {
    return this.#put(0x73);
  }

  rotateRight(bits: number): this {
    return this.constant(bits).#put(0x78);
  }

  load(address: number): this {
    return this.constant(0).#put(0x28, 2, ...unsigned(address));
  }

  /** Stores what `value` leaves on the stack. */
  store(address: number, value: () => unknown): this {
    this.constant(0);
    value();
    return this.#put(0x36, 2, ...unsigned(address));
  }

  /** Runs `body`, and again as long as it leaves a word that is not 0. */
  loop(body: () => unknown): this {
    this.#put(0x03, 0x40);
    body();
    return this.#put(0x0d, 0, 0x0b);
  }

  /** Four words, from `offset` bytes after the address on the stack. */
  loadFour(offset: number): this {
    return this.#vector(0x00, 4, ...unsigned(offset));
  }

  /** Stores the four that `value` leaves on the stack. */
  storeFour(address: number, value: () => unknown): this {
    this.constant(0);
    value();
    return this.#vector(0x0b, 4, ...unsigned(address));
  }

  addFour(): this {
    return this.#vector(0xae);
  }

  xorFour(): this {
    return this.#vector(0x51);
  }

  shiftFourLeft(bits: number): this {
    return this.constant(bits).#vector(0xab);
  }

  shiftFourRight(bits: number): this {
    return this.constant(bits).#vector(0xad);
  }

  /** Shifts them as two numbers of 64 bits. */
  shiftPairsRight(bits: number): this {
    return this.constant(bits).#vector(0xcd);
  }

  /** Four words of the eight that the two values on the stack are, by position. */
  pickFour(...words: readonly [number, number, number, number]): this {
    return this.#vector(0x0d, ...words.flatMap((word) => [0, 1, 2, 3].map((at) => word * 4 + at)));
  }

  /** Turns the bytes of each of the four around. The value has to be on the stack twice. */
  swapBytes(): this {
    return this.#vector(0x0d, ...[0, 4, 8, 12].flatMap((at) => [at + 3, at + 2, at + 1, at]));
  }

  #vector(operation: number, ...operands: number[]): this {
    return this.#put(0xfd, ...unsigned(operation), ...operands);
  }

  #put(...bytes: number[]): this {
    this.bytes.push(...bytes);
    return this;
  }
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)];
}

function name(text: string): number[] {
  return sized([...new TextEncoder().encode(text)]);
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const low = value & 0x7f;
  return value > 0x7f ? [low | 0x80, ...unsigned(value >>> 7)] : [low];
}

/** LEB128 whose highest bit is the sign. */
function signed(value: number): number[] {
  const low = value & 0x7f;
  return value < -0x40 || value > 0x3f ? [low | 0x80, ...signed(value >> 7)] : [low];
}
