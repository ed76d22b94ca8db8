import { truncated } from '../errors';
import { generatedStream } from '../generated-stream';
import type { SparseRun } from './tar-entry';

/** What of a tar entry says how its content reads. */
export interface SparseFile {
  /** Bytes with the holes. */
  readonly size: number;
  /** Its runs, in order, inside `size`: as a `TarReader` gives them. */
  readonly sparse: readonly SparseRun[];
}

const HOLE_CHUNK_BYTES = 64 * 1024;

/**
 * The content of a sparse file as it reads: the stored bytes at their offsets, zeros elsewhere. Holes cost no memory, however large the file claims
 * to be. Fails with `truncated` where fewer bytes are stored than the runs name; `what` is how that error names them.
 */
export function expandSparse(
  stored: ReadableStream<Uint8Array>,
  file: SparseFile,
  what = 'the file',
): ReadableStream<Uint8Array> {
  const reader = stored.getReader();
  return generatedStream(expand(reader, file, what), (reason) => reader.cancel(reason));
}

async function* expand(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { size, sparse }: SparseFile,
  what: string,
): AsyncGenerator<Uint8Array, void> {
  let rest: Uint8Array = new Uint8Array();
  let read = 0;
  let position = 0;
  try {
    for (const { offset, length } of sparse) {
      yield* hole(offset - position);
      for (let left = length; left > 0;) {
        if (rest.length === 0) {
          const { done, value } = await reader.read();
          if (done) throw truncated({ what, offset: read }, 'the content of a sparse file');
          rest = value;
          read += value.length;
        }
        const part = rest.subarray(0, left);
        rest = rest.subarray(part.length);
        left -= part.length;
        yield part;
      }
      position = offset + length;
    }
    yield* hole(size - position);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function* hole(bytes: number): Generator<Uint8Array> {
  for (let left = bytes; left > 0; left -= HOLE_CHUNK_BYTES) {
    yield new Uint8Array(Math.min(left, HOLE_CHUNK_BYTES));
  }
}
