import type { DecoderInput } from './decoder-input';
import { badCompression, CodecError, truncatedStream, type Place } from '../errors';

/** Results of xz-embedded's `xz_dec_run`, as the library reports them. */
const MEMORY_LIMIT = 4;
const UNSUPPORTED = 6;
const NO_PROGRESS = 8;

/** The decoder holds one dictionary of at most this size: that of `xz -9`. */
const MAX_DICTIONARY = '64 MiB';

/** Any number of streams with padding between them; CRC32 and CRC64 are verified, other checks not supported. */
export async function* decodeXz(
  input: DecoderInput,
  what: string,
): AsyncGenerator<Uint8Array, void> {
  const { XzReadableStream } = await import('xz-decompress');
  const failed = { input: false };
  const compressed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const piece = await input.next();
          if (piece) controller.enqueue(piece);
          else controller.close();
        } catch (error) {
          failed.input = true;
          throw error;
        }
      },
    },
    { highWaterMark: 0 },
  );
  const reader = new XzReadableStream(compressed).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (failed.input) throw error;
    throw failure(error, { what, offset: input.offset });
  } finally {
    // It decodes one stream at a time and holds back the next until this one is over.
    await reader.cancel().catch(() => undefined);
  }
}

function failure(error: unknown, place: Place): CodecError {
  if (place.offset === 0) return truncatedStream(place, 'xz', error);
  const code = Number(/error code (\d+)/.exec(String(error))?.[1]);
  switch (code) {
    case NO_PROGRESS:
      return truncatedStream(place, 'xz', error);
    case MEMORY_LIMIT:
      return new CodecError(
        'limit-exceeded',
        `${place.what} needs an xz dictionary of more than the ${MAX_DICTIONARY} allowed.`,
        { detail: { ...place, limit: MAX_DICTIONARY }, cause: error },
      );
    case UNSUPPORTED:
      return new CodecError(
        'bad-compression',
        `${place.what} cannot be unpacked: it uses a check or filter of xz that is not supported here; \`xz -dc OLD | xz > NEW\` makes a file of it that is.`,
        { detail: { ...place }, cause: error },
      );
    default:
      return badCompression(place, 'its xz stream cannot be decoded', error);
  }
}
