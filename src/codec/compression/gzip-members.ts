import {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
  ZStream,
} from 'pako';
import { badCompression } from '../errors';

const OUTPUT_BYTES = 64 * 1024;
/** zlib's sign for: the largest window, and a gzip header and trailer to be read and checked. */
const GZIP_WINDOW_BITS = 15 + 16;
const FIRST_MAGIC_BYTE = 0x1f;

/**
 * Unpacks a gzip of any number of members, with zeros between or after them (RFC 1952, section 2.2), checking the CRC and length of each.
 * Fed piece by piece: after `feed`, call `next` until it has no more to give.
 */
export class GzipMembers {
  readonly #what: string;
  readonly #stream = new ZStream();
  #insideMember = false;
  #ended = 0;
  #feedEnd = 0;

  constructor(what: string) {
    this.#what = what;
    zlibInflateInit2(this.#stream, GZIP_WINDOW_BITS);
  }

  /** Members that have ended so far. */
  get ended(): number {
    return this.#ended;
  }

  /** True where the input may end. */
  get complete(): boolean {
    return this.#ended > 0 && !this.#insideMember;
  }

  feed(piece: Uint8Array): void {
    this.#stream.input = piece;
    this.#stream.next_in = 0;
    this.#stream.avail_in = piece.length;
    this.#feedEnd += piece.length;
  }

  /** The next bytes unpacked, at most 64 KiB; undefined where more input is needed. Throws `bad-compression`. */
  next(): Uint8Array | undefined {
    const stream = this.#stream;
    while (this.#insideMember || this.#beginMember()) {
      stream.output = new Uint8Array(OUTPUT_BYTES);
      stream.next_out = 0;
      stream.avail_out = OUTPUT_BYTES;
      const status = zlibInflate(stream, Z_NO_FLUSH);
      if (status === Z_STREAM_END) {
        this.#insideMember = false;
        this.#ended++;
      } else if (status !== Z_OK && status !== Z_BUF_ERROR) {
        throw this.#damage('its gzip stream cannot be decoded', new Error(stream.msg));
      }
      if (stream.next_out > 0) return stream.output.subarray(0, stream.next_out);
      if (status !== Z_STREAM_END) return undefined;
    }
    return undefined;
  }

  /** Skips the zeros after a member; false where the input ends with them. */
  #beginMember(): boolean {
    const stream = this.#stream;
    if (this.#ended > 0) {
      while (stream.avail_in > 0 && stream.input[stream.next_in] === 0) {
        stream.next_in++;
        stream.avail_in--;
      }
    }
    if (stream.avail_in === 0) return false;
    if (this.#ended > 0 && stream.input[stream.next_in] !== FIRST_MAGIC_BYTE) {
      throw this.#damage('its gzip stream is followed by something else');
    }
    zlibInflateReset(stream);
    this.#insideMember = true;
    return true;
  }

  #damage(problem: string, cause?: Error): Error {
    const offset = this.#feedEnd - this.#stream.avail_in;
    return badCompression({ what: this.#what, offset }, problem, cause);
  }
}
