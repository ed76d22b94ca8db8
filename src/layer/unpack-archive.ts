import { forEachChunk, type ByteSource } from '../base/byte-source';
import { isCoded } from '../base/errors';
import type { AbortOptions } from '../base/task';
import { decompress } from '../codec/compression/decompress';
import type { Format } from '../codec/compression/sniff';
import { TarReader } from '../codec/tar/tar-reader';

export interface UnpackOptions extends AbortOptions {
  /** How an error names the archive. */
  readonly what: string;
  readonly format: Format;
  /** Gets the unpacked bytes in order; they are valid during the call. */
  readonly write: (chunk: Uint8Array) => void | Promise<void>;
  /** Gets each packed chunk once and in order. */
  readonly visitInput?: ((chunk: Uint8Array) => void) | undefined;
}

/**
 * Writes what an archive's outer compression holds. Rejects as `decompress` does, and with `limit-exceeded` where more follows the end of
 * the tar than any writer puts there. What else is wrong with the tar is for its reader to find.
 */
export async function unpackArchive(
  source: ByteSource,
  { what, format, write, ...options }: UnpackOptions,
): Promise<void> {
  const watch = watchTarEnd(what);
  const visit = (chunk: Uint8Array): void | Promise<void> => {
    watch(chunk);
    return write(chunk);
  };
  await forEachChunk(decompress(source, format, { what, ...options }), visit, options);
}

/** Throws `limit-exceeded` for what follows the end of a tar, if the chunks are one that is sound up to there. */
function watchTarEnd(what: string): (chunk: Uint8Array) => void {
  const reader = new TarReader({ entry: () => undefined }, { what });
  let isReadable = true;
  return (chunk) => {
    if (!isReadable) return;
    try {
      reader.push(chunk);
    } catch (error) {
      if (!isCoded(error) || reader.ended) throw error;
      isReadable = false;
    }
  };
}
