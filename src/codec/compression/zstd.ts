import type { DecoderInput } from './decoder-input';
import { badCompression, CodecError, truncatedStream } from '../errors';

/** What of libzstd the module has. Sizes and pointers are 32 bits; a negative result is an error code. */
interface Libzstd {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): number;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

const INPUT_BYTES = 64 * 1024;
const OUTPUT_BYTES = 128 * 1024;
/** ZSTD_inBuffer and ZSTD_outBuffer: a pointer, a size and a position. */
const BUFFER_STRUCT_BYTES = 12;

/** zstd_errors.h. All codes are between -120 and -1. */
const LARGEST_ERROR = 120;
const WINDOW_TOO_LARGE = -16;
const OUT_OF_MEMORY = -64;

/** libzstd's own bound for a stream that says nothing else (ZSTD_WINDOWLOG_LIMIT_DEFAULT): the decoder holds one window. */
const MAX_WINDOW = '128 MiB';

/**
 * Any number of frames and skippable frames (RFC 8878, section 3), with windows up to 128 MiB and whatever content size; content checksums are verified.
 */
export async function* decodeZstd(
  input: DecoderInput,
  what: string,
): AsyncGenerator<Uint8Array, void> {
  const decoder = new ZstdStream(await loadLibzstd());
  try {
    for (;;) {
      const piece = await input.next(INPUT_BYTES);
      if (!piece) break;
      decoder.feed(piece);
      for (let chunk = decoder.next(); chunk; chunk = decoder.next()) yield chunk;
      if (decoder.error !== 0) throw failure(decoder.error, { what, offset: input.offset });
    }
    if (!decoder.complete) throw truncatedStream({ what, offset: input.offset }, 'zstd');
  } finally {
    decoder.free();
  }
}

function failure(code: number, place: { what: string; offset: number }): CodecError {
  const cause = new Error(`libzstd error ${-code}`);
  if (code !== WINDOW_TOO_LARGE && code !== OUT_OF_MEMORY) {
    return badCompression(place, 'its zstd stream cannot be decoded', cause);
  }
  return new CodecError(
    'limit-exceeded',
    `${place.what} needs a zstd window of more than the ${MAX_WINDOW} allowed.`,
    { detail: { ...place, limit: MAX_WINDOW }, cause },
  );
}

/** One streaming context of libzstd with its buffers, which `free` gives back. */
class ZstdStream {
  readonly #lib: Libzstd;
  readonly #context: number;
  readonly #inputBuffer: number;
  readonly #outputBuffer: number;
  readonly #input: number;
  readonly #output: number;
  /** What ZSTD_decompressStream said last: 0 where a frame has just ended. */
  #result = 0;
  #outputFull = false;

  constructor(lib: Libzstd) {
    this.#lib = lib;
    this.#context = lib.ZSTD_createDCtx();
    this.#inputBuffer = lib.malloc(INPUT_BYTES);
    this.#outputBuffer = lib.malloc(OUTPUT_BYTES);
    this.#input = lib.malloc(BUFFER_STRUCT_BYTES);
    this.#output = lib.malloc(BUFFER_STRUCT_BYTES);
  }

  /** True where the input may end: after a frame. */
  get complete(): boolean {
    return this.#result === 0;
  }

  /** libzstd's error code, negative; 0 where there is none. */
  get error(): number {
    return this.#result < 0 && this.#result >= -LARGEST_ERROR ? this.#result : 0;
  }

  /** At most `INPUT_BYTES`. */
  feed(piece: Uint8Array): void {
    new Uint8Array(this.#lib.memory.buffer).set(piece, this.#inputBuffer);
    this.#setBuffer(this.#input, this.#inputBuffer, piece.length);
  }

  /** The next bytes unpacked, perhaps none; undefined where more input is needed, or at an error. */
  next(): Uint8Array | undefined {
    if (this.error !== 0 || (this.#inputLeft() === 0 && !this.#outputFull)) return undefined;
    this.#setBuffer(this.#output, this.#outputBuffer, OUTPUT_BYTES);
    this.#result = this.#lib.ZSTD_decompressStream(this.#context, this.#output, this.#input);
    const size = this.#position(this.#output);
    // At the end of a frame nothing is held back, and another call would ask for the next frame.
    this.#outputFull = size === OUTPUT_BYTES && this.#result !== 0;
    return new Uint8Array(this.#lib.memory.buffer).slice(
      this.#outputBuffer,
      this.#outputBuffer + size,
    );
  }

  free(): void {
    this.#lib.ZSTD_freeDCtx(this.#context);
    for (const pointer of [this.#inputBuffer, this.#outputBuffer, this.#input, this.#output]) {
      this.#lib.free(pointer);
    }
  }

  #setBuffer(struct: number, pointer: number, size: number): void {
    const view = new DataView(this.#lib.memory.buffer, struct, BUFFER_STRUCT_BYTES);
    view.setUint32(0, pointer, true);
    view.setUint32(4, size, true);
    view.setUint32(8, 0, true);
  }

  #inputLeft(): number {
    const view = new DataView(this.#lib.memory.buffer, this.#input, BUFFER_STRUCT_BYTES);
    return view.getUint32(4, true) - view.getUint32(8, true);
  }

  #position(struct: number): number {
    return new DataView(this.#lib.memory.buffer, struct, BUFFER_STRUCT_BYTES).getUint32(8, true);
  }
}

let loading: Promise<Libzstd> | undefined;

/**
 * zstddec carries libzstd as WebAssembly, but its own streaming loop neither stops at errors nor can wait for input. So its module is
 * used and the loop is ours.
 */
function loadLibzstd(): Promise<Libzstd> {
  loading ??= instantiate();
  return loading;
}

async function instantiate(): Promise<Libzstd> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  const captured: { exports?: WebAssembly.Exports } = {};
  const keepInstance = decoder._init.bind(decoder);
  decoder._init = (result) => {
    keepInstance(result);
    captured.exports = result.instance.exports;
  };
  await decoder.init();
  if (!captured.exports || !isLibzstd(captured.exports)) {
    throw new TypeError('zstddec has no libzstd with streams');
  }
  return captured.exports;
}

function isLibzstd(exports: object): exports is Libzstd {
  const functions = ['malloc', 'free', 'ZSTD_createDCtx', 'ZSTD_freeDCtx', 'ZSTD_decompressStream'];
  const members = new Map<string, unknown>(Object.entries(exports));
  return (
    members.get('memory') instanceof WebAssembly.Memory &&
    functions.every((name) => typeof members.get(name) === 'function')
  );
}
