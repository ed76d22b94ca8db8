import { SHA256_BLOCK_BYTES, SHA256_LAYOUT, sha256Module } from './sha256-code';
import type { StreamHash } from './stream-hash';
import { MEMORY, RUN } from './wasm-code';

/** FIPS 180-4, section 5.3.3. */
const INITIAL_STATE = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** FIPS 180-4, section 4.2.2. */
const CONSTANTS = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

const { state, constants, input, inputBytes } = SHA256_LAYOUT;
/** Bytes of the length that ends the last block. */
const LENGTH_BYTES = 8;
const UINT32 = 2 ** 32;

type Run = (address: number, blocks: number) => void;

let compiling: Promise<WebAssembly.Module> | undefined;

/** Rejects where the browser has no WebAssembly, or none with vectors. */
export async function createWasmSha256(): Promise<StreamHash> {
  const module = await (compiling ??= WebAssembly.compile(sha256Module()));
  const exports = (await WebAssembly.instantiate(module)).exports;
  const memory: unknown = exports[MEMORY];
  const run: unknown = exports[RUN];
  if (!(memory instanceof WebAssembly.Memory && isRun(run))) {
    throw new TypeError('the module does not export what it should');
  }
  return new WasmSha256(memory.buffer, run);
}

function isRun(value: unknown): value is Run {
  return typeof value === 'function';
}

/** Gathers blocks in the memory of a module, and has them summed up there. */
class WasmSha256 implements StreamHash {
  readonly #run: Run;
  readonly #words: Uint32Array;
  readonly #input: Uint8Array;
  readonly #view: DataView;
  /** Bytes of the input that are not summed up yet. */
  #pending = 0;
  #total = 0;

  constructor(memory: ArrayBuffer, run: Run) {
    this.#run = run;
    this.#words = new Uint32Array(memory, state, INITIAL_STATE.length);
    this.#input = new Uint8Array(memory, input);
    this.#view = new DataView(memory, input);
    this.#words.set(INITIAL_STATE);
    new Uint32Array(memory, constants, CONSTANTS.length).set(CONSTANTS);
  }

  update(chunk: Uint8Array): void {
    this.#total += chunk.length;
    for (let at = 0; at < chunk.length;) {
      const taken = Math.min(inputBytes - this.#pending, chunk.length - at);
      this.#input.set(chunk.subarray(at, at + taken), this.#pending);
      this.#pending += taken;
      at += taken;
      if (this.#pending === inputBytes) this.#sumUp();
    }
  }

  /** FIPS 180-4, section 5.1.1: a one bit, zeros, and the length in bits end the last block. */
  hex(): string {
    if (this.#pending === inputBytes) this.#sumUp();
    const end = this.#pending + 1 + LENGTH_BYTES;
    const padded = Math.ceil(end / SHA256_BLOCK_BYTES) * SHA256_BLOCK_BYTES;
    this.#input.fill(0, this.#pending, padded);
    this.#input[this.#pending] = 0x80;
    this.#view.setUint32(padded - LENGTH_BYTES, (this.#total * 8) / UINT32);
    this.#view.setUint32(padded - LENGTH_BYTES / 2, (this.#total * 8) % UINT32);
    this.#pending = padded;
    this.#sumUp();
    return Array.from(this.#words, (word) => word.toString(16).padStart(8, '0')).join('');
  }

  #sumUp(): void {
    this.#run(input, this.#pending / SHA256_BLOCK_BYTES);
    this.#pending = 0;
  }
}
