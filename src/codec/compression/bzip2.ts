import { concatBytes } from '../../base/byte-source';
import { BitReader } from './bit-reader';
import { Bzip2Damage, readBlock, type Bzip2Block } from './bzip2-block';
import type { DecoderInput } from './decoder-input';
import { badCompression, truncatedStream } from '../errors';

const STREAM_MAGIC = 0x425a68;
const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;
const LEVEL_BYTES = 100_000;
const OUTPUT_BYTES = 128 * 1024;
/** Bytes in a run that need a count after them. */
const RUN = 4;

/** Any number of streams. Checksums of blocks and streams are verified. */
export async function* decodeBzip2(
  input: DecoderInput,
  what: string,
): AsyncGenerator<Uint8Array, void> {
  const bits = new RefillingBits(input, what);
  const links = new Uint32Array(9 * LEVEL_BYTES);
  while (!(await bits.ended())) {
    const level = await bits.take((reader) => readStreamHeader(reader), 4);
    const room = links.subarray(0, level * LEVEL_BYTES);
    let streamSum = 0;
    for (;;) {
      const part = await bits.take((reader) => readPart(reader, room), room.length);
      if (!part.block) {
        if (part.sum !== streamSum) throw bits.damage('its bzip2 stream has a wrong checksum');
        break;
      }
      const sum = yield* unlink(room, part.block);
      if (sum !== part.sum) throw bits.damage('a block of its bzip2 stream has a wrong checksum');
      streamSum = (((streamSum << 1) | (streamSum >>> 31)) ^ sum) >>> 0;
    }
  }
}

/** Block size in units of 100,000 bytes. */
function readStreamHeader(reader: BitReader): number {
  const magic = reader.read(24);
  const level = reader.read(8) - 0x30;
  if (magic !== STREAM_MAGIC || level < 1 || level > 9) throw new Bzip2Damage('stream header');
  return level;
}

/** A block, or the end of a stream, each with its checksum. */
interface StreamPart {
  readonly block?: Bzip2Block;
  readonly sum: number;
}

function readPart(reader: BitReader, links: Uint32Array): StreamPart {
  const high = reader.read(24);
  const low = reader.read(24);
  const sum = reader.read32();
  if (high === BLOCK_MAGIC[0] && low === BLOCK_MAGIC[1]) {
    return { block: readBlock(reader, links), sum };
  }
  if (high !== END_MAGIC[0] || low !== END_MAGIC[1]) throw new Bzip2Damage('block header');
  reader.align();
  return { sum };
}

/** Follows the links of a block and spells out its runs; returns the checksum of what it yielded. */
function* unlink(
  links: Uint32Array,
  { length, origin }: Bzip2Block,
): Generator<Uint8Array, number> {
  let output = new Uint8Array(OUTPUT_BYTES);
  let filled = 0;
  let sum = 0xffffffff;
  let link = links[origin] ?? 0;
  let last = -1;
  let run = 0;
  for (let i = 0; i < length; i++) {
    link = links[link >>> 8] ?? 0;
    const byte = link & 0xff;
    let copies = 1;
    if (run === RUN) {
      copies = byte;
      run = 0;
    } else {
      run = byte === last ? run + 1 : 1;
      last = byte;
    }
    for (; copies > 0; copies--) {
      output[filled++] = last;
      sum = (sum << 8) ^ (CRC_TABLE[(sum >>> 24) ^ last] ?? 0);
      if (filled < OUTPUT_BYTES) continue;
      yield output;
      output = new Uint8Array(OUTPUT_BYTES);
      filled = 0;
    }
    if (run === 0) last = -1;
  }
  if (filled > 0) yield output.subarray(0, filled);
  return ~sum >>> 0;
}

/** CRC-32 with the most significant bit first. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value;
});

/** The bits of an input, for readers that cannot wait: each starts again with more bytes where it ran out of them. */
class RefillingBits {
  readonly #input: DecoderInput;
  readonly #what: string;
  readonly #reader = new BitReader();
  #bytes: Uint8Array = new Uint8Array();
  #inputEnded = false;

  constructor(input: DecoderInput, what: string) {
    this.#input = input;
    this.#what = what;
  }

  /** True where no whole byte is left, here and in the input. */
  async ended(): Promise<boolean> {
    await this.#fill(1);
    return this.#reader.bytesLeft === 0;
  }

  /** What `read` makes of the next bits. It is likely to want no more than `bytes`. */
  async take<T>(read: (reader: BitReader) => T, bytes: number): Promise<T> {
    for (let wanted = bytes; ; wanted *= 2) {
      await this.#fill(wanted);
      const start = this.#reader.position;
      try {
        const value = read(this.#reader);
        if (!this.#reader.overrun) return value;
      } catch (error) {
        if (!(error instanceof Bzip2Damage)) throw error;
        if (!this.#reader.overrun) throw this.damage('its bzip2 stream cannot be decoded', error);
      }
      if (this.#inputEnded) throw truncatedStream(this.#place(), 'bzip2');
      this.#reader.reset(this.#bytes, start);
    }
  }

  damage(problem: string, cause?: unknown): Error {
    return badCompression(this.#place(), problem, cause);
  }

  #place(): { what: string; offset: number } {
    return { what: this.#what, offset: this.#input.offset - this.#reader.bytesLeft };
  }

  /** Reads on until so many bytes are left, or the input ends. */
  async #fill(bytes: number): Promise<void> {
    let missing = bytes - this.#reader.bytesLeft;
    if (missing <= 0 || this.#inputEnded) return;
    const position = this.#reader.position;
    const chunks = [this.#bytes.subarray(position >>> 3)];
    while (missing > 0) {
      const piece = await this.#input.next();
      this.#inputEnded = !piece;
      if (!piece) break;
      chunks.push(piece);
      missing -= piece.length;
    }
    this.#bytes = concatBytes(chunks);
    this.#reader.reset(this.#bytes, position & 7);
  }
}
