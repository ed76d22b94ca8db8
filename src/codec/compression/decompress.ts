import type { ByteSource } from '../../base/byte-source';
import { DecoderInput, type DecoderInputOptions } from './decoder-input';
import { truncatedStream } from '../errors';
import { generatedStream } from '../generated-stream';
import { checkOutputLimits } from './output-limits';
import { isCompression, type CompressionFormat, type Format } from './sniff';

/** `what` is how an error names the compressed bytes. */
export interface DecompressOptions extends DecoderInputOptions {
  readonly what?: string | undefined;
}

/** Yields what the input unpacks to. Throws `truncated`, `bad-compression` and `limit-exceeded`, and what the input throws. */
type Decode = (input: DecoderInput, what: string) => AsyncGenerator<Uint8Array, void>;

/** Loaded when they are needed: the first load of the page has none of them. */
const DECODERS: Readonly<Record<CompressionFormat, () => Promise<Decode>>> = {
  gzip: async () => (await import('./gzip')).decodeGzip,
  zstd: async () => (await import('./zstd')).decodeZstd,
  xz: async () => (await import('./xz')).decodeXz,
  bzip2: async () => (await import('./bzip2')).decodeBzip2,
};

/**
 * The bytes that a source unpacks to, in one pass and constant memory; a source of a format that is no compression passes as it is. Checksums
 * of the format are verified. The stream fails with `truncated`, `bad-compression`, or `limit-exceeded` past `LIMITS.decompress…`.
 * The source is opened again only where a gzip turns out late to have several members; `visitInput` sees each byte once even so.
 */
export function decompress(
  source: ByteSource,
  format: Format,
  { what = 'the stream', ...options }: DecompressOptions = {},
): ReadableStream<Uint8Array> {
  const input = new DecoderInput(source, options);
  const output = isCompression(format) ? unpack(input, format, what) : passThrough(input);
  return generatedStream(output, (reason) => input.cancel(reason));
}

async function* passThrough(input: DecoderInput): AsyncGenerator<Uint8Array, void> {
  try {
    for (;;) {
      const chunk = await input.next(Infinity);
      if (!chunk) return;
      yield chunk;
    }
  } finally {
    await input.cancel(undefined);
  }
}

async function* unpack(
  input: DecoderInput,
  format: CompressionFormat,
  what: string,
): AsyncGenerator<Uint8Array, void> {
  let unpacked = 0;
  try {
    const decode = await DECODERS[format]();
    for await (const chunk of decode(input, what)) {
      if (chunk.length === 0) continue;
      unpacked += chunk.length;
      checkOutputLimits({ consumed: input.consumed, unpacked }, what);
      yield chunk;
    }
    if (input.consumed === 0) throw truncatedStream({ what, offset: 0 }, format);
  } finally {
    await input.cancel(undefined);
  }
}
