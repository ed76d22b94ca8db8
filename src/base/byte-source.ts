import { nextTask } from './next-task';
import type { AbortOptions } from './task';
import { readingBlob } from './unreadable';

/** Milliseconds of chunks that are there already, after which events are let in: a cancel is one, the end of a transaction another. */
const BUSY_MS = 8;

/** Half-open: start ≤ x < end, bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes that can be opened any number of times: a File, a stored Blob, a slice, a remote blob by Range. */
export interface ByteSource {
  /** Bytes; null where it is known only at the end. */
  readonly size: number | null;
  /** The bytes as the browser holds them, where it does: what can be stored, sliced and sent to a worker without a copy. */
  readonly blob?: Blob;
  open(range?: ByteRange, options?: AbortOptions): ReadableStream<Uint8Array>;
}

/** A source over a Blob or File. Nothing is read before `open`. */
export function blobSource(
  blob: Blob,
): ByteSource & { readonly size: number; readonly blob: Blob } {
  return {
    size: blob.size,
    blob,
    open: (range) => (range ? blob.slice(range.start, range.end) : blob).stream(),
  };
}

/** A source over bytes in memory. */
export function bytesSource(bytes: Uint8Array<ArrayBuffer>): ReturnType<typeof blobSource> {
  return blobSource(new Blob([bytes]));
}

/** The bytes of a source from `start` to `end`, as a source of its own. */
export function sliceSource(source: ByteSource, { start, end }: ByteRange): ByteSource {
  if (source.blob) return blobSource(source.blob.slice(start, end));
  return {
    size: end - start,
    open: (range, options) =>
      source.open(
        range
          ? { start: start + range.start, end: Math.min(end, start + range.end) }
          : { start, end },
        options,
      ),
  };
}

/** One stream after the other, each opened when the one before has ended. */
export function joinStreams(
  streams: readonly (() => ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>)[],
): ReadableStream<Uint8Array> {
  const waiting = [...streams];
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          reader ??= (await waiting.shift()?.())?.getReader();
          if (!reader) {
            controller.close();
            return;
          }
          const { done, value } = await reader.read();
          if (!done) {
            controller.enqueue(value);
            return;
          }
          reader = undefined;
        }
      },
      async cancel(reason) {
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Reads a range whole. For headers and JSON: the caller bounds the range. Rejects with `source-unreadable` where a Blob's bytes are gone. */
export async function readRange(
  source: ByteSource,
  range: ByteRange,
  options: AbortOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  options.signal?.throwIfAborted();
  const { blob } = source;
  if (blob) {
    // A file that is gone has no bytes to slice: only a read of the whole tells it from an empty one.
    const wanted = blob.size > 0 ? blob.slice(range.start, range.end) : blob;
    const buffer = await readingBlob(blob, () => wanted.arrayBuffer());
    options.signal?.throwIfAborted();
    return new Uint8Array(buffer);
  }
  return collect(source.open(range, options), options);
}

/** Joins what a stream gives. For what the caller has bounded. */
export async function collect(
  stream: ReadableStream<Uint8Array>,
  options: AbortOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  await forEachChunk(stream, (chunk) => void chunks.push(chunk), options);
  return concatBytes(chunks);
}

/**
 * Hands each chunk of a stream to `visit`, waiting where it returns a promise. The stream is cancelled when `visit` throws
 * or the signal aborts. A stream that is never empty does not keep the thread's other events waiting. (WebKit has no async iteration
 * of streams.)
 */
export function forEachChunk(
  stream: ReadableStream<Uint8Array>,
  visit: VisitChunk,
  options: AbortOptions = {},
): Promise<void> {
  const reader = stream.getReader();
  return visitAll(reader, { read: () => reader.read(), visit, ...options });
}

export type VisitChunk = (chunk: Uint8Array) => void | Promise<void>;

interface Visit extends AbortOptions {
  readonly read: () => Promise<ReadableStreamReadResult<Uint8Array>>;
  readonly visit: VisitChunk;
}

/** What `forEachChunk` does with each of a reader's chunks, however these are read. */
export async function visitAll(
  reader: ReadableStreamDefaultReader | ReadableStreamBYOBReader,
  { read, visit, signal }: Visit,
): Promise<void> {
  let paused = performance.now();
  try {
    for (;;) {
      if (performance.now() - paused > BUSY_MS) {
        await nextTask();
        paused = performance.now();
      }
      signal?.throwIfAborted();
      const { done, value } = await read();
      if (done) return;
      const pending = visit(value);
      if (pending) await pending;
    }
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  } finally {
    reader.releaseLock();
  }
}

/** The bytes as a Blob: what the browser holds as it is, anything else read into one. For stores that take no Blobs, and for memory. */
export async function blobOf(source: ByteSource, options: AbortOptions = {}): Promise<Blob> {
  if (source.blob) return source.blob;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const stream = source.open(undefined, options);
  await forEachChunk(stream, (chunk) => void chunks.push(new Uint8Array(chunk)), options);
  return new Blob(chunks);
}

export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
