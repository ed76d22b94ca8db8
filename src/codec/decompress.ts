import type { ByteSource } from '../base/byte-source';
import { LIMITS } from '../base/limits';
import { DecoderInput, type DecoderInputOptions } from './decoder-input';
import { CodecError, truncatedStream } from './errors';
import { isCompression, type CompressionFormat, type Format } from './sniff';

/** `what` is how an error names the compressed bytes. */
export interface DecompressOptions extends DecoderInputOptions {
  readonly what?: string | undefined;
}

/** Yields what the input unpacks to. Throws `truncated`, `bad-compression` and `limit-exceeded`, and what the input throws. */
export type Decode = (input: DecoderInput, what: string) => AsyncGenerator<Uint8Array, void>;

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
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await output.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        // First the input, as a decoder may be waiting for it.
        await input.cancel(reason);
        await output.return();
      },
    },
    { highWaterMark: 0 },
  );
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
  let total = 0;
  try {
    const decode = await DECODERS[format]();
    for await (const chunk of decode(input, what)) {
      if (chunk.length === 0) continue;
      total += chunk.length;
      checkLimits(input.consumed, total, what);
      yield chunk;
    }
    if (input.consumed === 0) throw truncatedStream({ what, offset: 0 }, format);
  } finally {
    await input.cancel(undefined);
  }
}

function checkLimits(consumed: number, total: number, what: string): void {
  const { decompressBytes, decompressFreeBytes, decompressRatio } = LIMITS;
  const detail = { what, consumed, unpacked: total };
  if (total > decompressBytes) {
    throw new CodecError(
      'limit-exceeded',
      `${what} unpacks to more than the ${decompressBytes} bytes allowed.`,
      { detail: { ...detail, limit: decompressBytes } },
    );
  }
  if (total > decompressFreeBytes && total > consumed * decompressRatio) {
    throw new CodecError(
      'limit-exceeded',
      `${what} unpacks to more than ${decompressFreeBytes} bytes and ${decompressRatio} times its size, the most allowed.`,
      { detail: { ...detail, limit: decompressRatio } },
    );
  }
}
