import { readRange, type ByteRange, type ByteSource } from '../../base/byte-source';
import type { AbortOptions } from '../../base/task';
import { CodecError } from '../../codec/errors';

/** A layer that can be read at random, by Range requests where it is far away. */
export interface SizedSource extends ByteSource {
  readonly size: number;
}

export interface TocOptions extends AbortOptions {
  /** What to call the table in an error: `the table of contents of layer 2`. */
  readonly what: string;
}

/** A table of contents as it was read out of a layer. */
export interface UnpackedToc {
  readonly json: Uint8Array;
  /** Where the last content in the layer ends at the latest, bytes. */
  readonly contentEnd: number;
}

/** Reads a range whole. Rejects with `truncated` where less comes, or more: the caller has bounded the range. */
export async function readExactly(
  source: SizedSource,
  range: ByteRange,
  { what, signal }: TocOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readRange(source, range, { signal });
  const wanted = range.end - range.start;
  if (bytes.length === wanted) return bytes;
  throw new CodecError(
    'truncated',
    `${what} could not be read: ${bytes.length} bytes came, not the ${wanted} asked for.`,
    { detail: { what, offset: range.start, found: bytes.length, expected: wanted } },
  );
}
