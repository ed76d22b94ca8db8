import { readRange, sliceSource, type ByteSource } from '../base/byte-source';
import { LIMITS } from '../base/limits';
import type { AbortOptions } from '../base/task';
import { decompress } from '../codec/compression/decompress';
import { CodecError } from '../codec/errors';
import { isCompression, sniff, type CompressionFormat } from '../codec/compression/sniff';
import type { SparseRun } from '../codec/tar/tar-entry';
import { LayerError } from './errors';
import { HEAD_BYTES } from './layer-reader';
import type { ContentLocation } from './index/layer-index';

export interface ReadContentOptions extends AbortOptions {
  /** Bytes of the file to read, for a preview; all of them without it. */
  readonly limit?: number | undefined;
}

/** Bytes of the uncompressed tar: start ≤ x < end. */
interface TarRange {
  readonly start: number;
  readonly end: number;
}

/** A hole is made of references to one Blob of this size. */
const ZEROS_BYTES = 16 * 1024 * 1024;
/** Unpacked bytes that stay in memory before they become a Blob, which the browser may keep on disk. */
const PART_BYTES = 16 * 1024 * 1024;

/**
 * The content of one file of a layer as it is stored. Of an uncompressed layer it is a slice of its bytes; a compressed one is unpacked as far
 * as the file's end. Rejects with `truncated` where the layer ends before, with what its compression has against it, and with
 * `limit-exceeded` for a sparse file with more holes than can be shown.
 */
export async function readContent(
  source: ByteSource,
  location: ContentLocation,
  { limit = Infinity, signal }: ReadContentOptions = {},
): Promise<Blob> {
  const size = Math.min(location.size, limit);
  const runs = location.sparse && shownRuns(location.sparse, size);
  const stored = runs ? runs.reduce((sum, { length }) => sum + length, 0) : size;
  const range = { start: location.offset, end: location.offset + stored };
  const bytes = await readTar(source, range, { signal });
  return runs ? withHoles(bytes, runs, size) : bytes;
}

async function readTar(source: ByteSource, range: TarRange, options: AbortOptions): Promise<Blob> {
  if (range.start === range.end) return new Blob([]);
  const format = sniff(await readRange(source, { start: 0, end: HEAD_BYTES }, options));
  const bytes = isCompression(format)
    ? await unpackRange(source, format, { range, ...options })
    : await sliceRange(source, range, options);
  if (bytes.size === range.end - range.start) return bytes;
  throw new CodecError(
    'truncated',
    `The layer ends in the middle of the file: ${bytes.size} of ${range.end - range.start} bytes are there.`,
    { detail: { offset: range.start + bytes.size } },
  );
}

async function sliceRange(
  source: ByteSource,
  range: TarRange,
  options: AbortOptions,
): Promise<Blob> {
  const slice = sliceSource(source, range);
  return slice.blob ?? new Blob([await readRange(source, range, options)]);
}

async function unpackRange(
  source: ByteSource,
  format: CompressionFormat,
  { range: { start, end }, signal }: AbortOptions & { readonly range: TarRange },
): Promise<Blob> {
  const reader = decompress(source, format, { what: 'the layer', signal }).getReader();
  const parts: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let kept = 0;
  try {
    for (let position = 0; position < end;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      const wanted = value.subarray(Math.max(0, start - position), end - position);
      // A copy: what a decoder hands out may be its window.
      if (wanted.length > 0) chunks.push(new Uint8Array(wanted));
      position += value.length;
      kept += wanted.length;
      if (kept < PART_BYTES) continue;
      parts.push(new Blob(chunks));
      chunks = [];
      kept = 0;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
  return new Blob([...parts, ...chunks]);
}

/** The runs that lie within the first `size` bytes of a sparse file. */
function shownRuns(runs: readonly SparseRun[], size: number): readonly SparseRun[] {
  return runs
    .filter(({ offset }) => offset < size)
    .map(({ offset, length }) => ({ offset, length: Math.min(length, size - offset) }));
}

/** The file that stored runs make: what lies between them is zeros. */
function withHoles(stored: Blob, runs: readonly SparseRun[], size: number): Blob {
  if (size - stored.size > LIMITS.holeBytes) {
    throw new LayerError(
      'limit-exceeded',
      `The file has ${size - stored.size} bytes of holes; more than ${LIMITS.holeBytes} are not filled in.`,
      { detail: { holes: size - stored.size, limit: LIMITS.holeBytes } },
    );
  }
  const zeros = new Blob([new Uint8Array(Math.min(ZEROS_BYTES, size - stored.size))]);
  const parts: Blob[] = [];
  const fillTo = (end: number): void => {
    for (let gap = end - at; gap > 0; gap -= zeros.size) parts.push(zeros.slice(0, gap));
    at = end;
  };
  let at = 0;
  let read = 0;
  for (const { offset, length } of runs) {
    fillTo(offset);
    parts.push(stored.slice(read, read + length));
    read += length;
    at = offset + length;
  }
  fillTo(size);
  return new Blob(parts);
}
