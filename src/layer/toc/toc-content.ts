import { sliceSource } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import { decompress } from '../../codec/compression/decompress';
import { CodecError } from '../../codec/errors';
import { createSha256, type StreamHash } from '../../codec/hash/sha256';
import type { CompressionFormat } from '../../codec/compression/sniff';
import { digestOfHex, type Digest } from '../../oci/digest';
import { BlobCollector } from './blob-collector';
import { LayerError } from '../errors';
import type { SizedSource, TocOptions } from './packed-toc';
import { peekSource } from '../peek-source';
import type { TocChunk, TocEntry } from './toc-document';
import { tocMismatch } from './toc-mismatch';

/** Zeros that are hashed and copied at once. */
const ZEROS_BYTES = 1024 * 1024;

/** Chunks that follow each other in the stored layer, so that one request brings them. */
interface StoredRun {
  readonly start: number;
  /** Where the next content in the layer begins. */
  readonly end: number;
  readonly chunks: readonly TocChunk[];
}

export interface TocContentParts {
  readonly source: SizedSource;
  readonly format: CompressionFormat;
  /** Where each content in the layer begins, ascending, and last where all of them end. */
  readonly boundaries: Float64Array;
}

export interface ReadTocContentOptions extends TocOptions {
  /** Bytes of the file to read, for a preview: whole chunks are read and checked, and the rest of the last is cut off. */
  readonly limit?: number | undefined;
  /** Bytes of the layer that this may take. */
  readonly budget?: number | undefined;
}

/**
 * The content of one file, read by its chunks and checked against their digests, or against the file's where the chunks have none (then
 * all of it is read). Rejects with `digest-mismatch`, `truncated`, and with what the compression has against it; with `over-budget` before
 * anything is read.
 */
export async function readTocContent(
  parts: TocContentParts,
  { header, digest, chunks }: TocEntry,
  { limit = Infinity, budget = Infinity, what, signal }: ReadTocContentOptions,
): Promise<Blob> {
  const isPartial = limit < header.size && chunks.every((chunk) => chunk.digest !== undefined);
  const wanted = isPartial ? chunksUpTo(chunks, limit) : chunks;
  const runs = runsOf(wanted, parts.boundaries);
  const cost = runs.reduce((sum, { start, end }) => sum + end - start, 0);
  if (cost > budget) throw overBudget(what, { bytes: cost, budget });
  const sink = new ContentSink(isPartial || !digest ? undefined : await createSha256());
  for (const run of runs) {
    if (run.end > 0) await readRun(parts, run, { sink, what, signal });
    else for (const { size } of run.chunks) sink.addZeros(size, what);
  }
  const blob = sink.finish(digest, what);
  return blob.size > limit ? blob.slice(0, limit) : blob;
}

function overBudget(
  what: string,
  amounts: { readonly bytes: number; readonly budget: number },
): LayerError {
  return new LayerError(
    'over-budget',
    `Reading ${what} takes ${amounts.bytes} bytes of its layer, more than the ${amounts.budget} that it may take.`,
    { detail: { what, ...amounts } },
  );
}

function chunksUpTo(chunks: readonly TocChunk[], limit: number): readonly TocChunk[] {
  let read = 0;
  const end = chunks.findIndex(({ size }) => (read += size) >= limit);
  return end < 0 ? chunks : chunks.slice(0, end + 1);
}

/** Chunks that are not stored make runs of their own, without bytes. */
function runsOf(chunks: readonly TocChunk[], boundaries: Float64Array): readonly StoredRun[] {
  const runs: { start: number; end: number; chunks: TocChunk[] }[] = [];
  for (const chunk of chunks) {
    const last = runs.at(-1);
    const start = chunk.offset ?? 0;
    const end = chunk.offset === undefined ? 0 : nextBoundary(boundaries, start);
    const follows = last && start > 0 && last.end === start && chunk.innerOffset === 0;
    if (follows) {
      last.end = end;
      last.chunks.push(chunk);
    } else runs.push({ start, end, chunks: [chunk] });
  }
  return runs;
}

/** The first boundary after `offset`, by halving. */
function nextBoundary(boundaries: Float64Array, offset: number): number {
  let [low, high] = [0, boundaries.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((boundaries[middle] ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return boundaries[low] ?? 0;
}

/** Unpacks a run, and lets go of it once its last chunk is there: what follows belongs to other files. */
async function readRun(
  { source, format }: TocContentParts,
  { start, end, chunks }: StoredRun,
  { sink, what, signal }: TocOptions & { readonly sink: ContentSink },
): Promise<void> {
  const stored = sliceSource(source, { start, end });
  const peeked = await peekSource(stored, 1, { signal });
  const pieces = new PieceReader(decompress(peeked.source, format, { what, signal }));
  try {
    for (const chunk of chunks) await readChunk(chunk, pieces, { sink, what, signal });
  } finally {
    await pieces.close();
    await peeked.close();
  }
}

async function readChunk(
  { size, innerOffset, digest }: TocChunk,
  pieces: PieceReader,
  { sink, what, signal }: TocOptions & { readonly sink: ContentSink },
): Promise<void> {
  const sum = digest && (await createSha256());
  for (let at = -innerOffset; at < size;) {
    signal?.throwIfAborted();
    const piece = await pieces.next(at < 0 ? -at : size - at);
    if (!piece) {
      throw new CodecError(
        'truncated',
        `${what} is cut off: ${size - at} bytes of it are missing.`,
        {
          detail: { what, missing: size - at },
        },
      );
    }
    if (at >= 0) {
      sum?.update(piece);
      sink.add(piece);
    }
    at += piece.length;
  }
  if (sum && digest) checkDigest(sum, digest, what);
}

/** Where the bytes of a file go: into a Blob, and into the sum over all of them. */
class ContentSink {
  readonly #collector = new BlobCollector();
  readonly #sum: StreamHash | undefined;
  #zeros = 0;

  constructor(sum: StreamHash | undefined) {
    this.#sum = sum;
  }

  add(piece: Uint8Array): void {
    this.#sum?.update(piece);
    this.#collector.add(piece);
  }

  /** Throws `limit-exceeded`. */
  addZeros(count: number, what: string): void {
    this.#zeros += count;
    if (this.#zeros > LIMITS.holeBytes) {
      throw new LayerError(
        'limit-exceeded',
        `${what} has more than the ${LIMITS.holeBytes} bytes of holes that are filled in.`,
        { detail: { what, limit: LIMITS.holeBytes } },
      );
    }
    const zeros = new Uint8Array(Math.min(count, ZEROS_BYTES));
    for (let left = count; left > 0; left -= zeros.length) this.add(zeros.subarray(0, left));
  }

  /** Throws `digest-mismatch`. */
  finish(digest: Digest | undefined, what: string): Blob {
    if (this.#sum && digest) checkDigest(this.#sum, digest, what);
    return this.#collector.blob();
  }
}

/** A stream read in pieces no longer than is asked for. */
class PieceReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Undefined at the end. */
  async next(maxBytes: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, maxBytes);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
    this.#reader.releaseLock();
  }
}

function checkDigest(sum: StreamHash, expected: Digest, what: string): void {
  const found = digestOfHex(sum.hex());
  if (found !== expected) throw tocMismatch(what, { found, expected });
}
