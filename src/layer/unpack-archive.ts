import { forEachChunk, type ByteSource } from '../base/byte-source';
import { isCoded } from '../base/errors';
import type { AbortOptions } from '../base/task';
import { decompress } from '../codec/compression/decompress';
import type { Format } from '../codec/compression/sniff';
import { BLOCK_BYTES } from '../codec/tar/tar-block';
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
 * Writes what an archive's outer compression holds; of what is no tar as much as tells what it is. Rejects as `decompress` does, and with
 * `limit-exceeded` where more follows the end of the tar than any writer puts there. What else is wrong with it is for its reader to find.
 */
export async function unpackArchive(
  source: ByteSource,
  { what, format, write, ...options }: UnpackOptions,
): Promise<void> {
  const watch = watchTar(what);
  const visit = async (chunk: Uint8Array): Promise<void> => {
    await write(chunk);
    watch(chunk);
  };
  try {
    await forEachChunk(decompress(source, format, { what, ...options }), visit, options);
  } catch (error) {
    if (!(error instanceof NoTar)) throw error;
  }
}

/** Thrown to stop a stream whose first block is no header. */
class NoTar extends Error {}

/** Throws `NoTar`, and `limit-exceeded` for what follows the end of a tar that is sound up to there. */
function watchTar(what: string): (chunk: Uint8Array) => void {
  const reader = new TarReader({ entry: () => undefined }, { what });
  let isReadable = true;
  return (chunk) => {
    if (!isReadable) return;
    try {
      reader.push(chunk);
    } catch (error) {
      if (!isCoded(error) || reader.ended) throw error;
      if (reader.position <= BLOCK_BYTES) throw new NoTar(undefined, { cause: error });
      isReadable = false;
    }
  };
}
