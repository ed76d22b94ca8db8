import { forEachChunk, visitAll, type VisitChunk } from './byte-source';
import type { AbortOptions } from './task';

/** Bytes read at once: enough for full speed, few enough for a processor's cache. */
const VIEW_BYTES = 512 * 1024;

/**
 * Readers that are reading. Chromium keeps a reader that reads into a buffer alive for nobody's sake: where only whoever waits for the read
 * refers to it, as here, both may be collected, and the read is never answered.
 */
const reading = new Set<ReadableStreamBYOBReader>();

/**
 * As `forEachChunk`, but what `visit` gets is valid during its call alone: where the stream can, all is read into one buffer, which takes
 * half the time that a new one for each chunk does.
 */
export async function forEachView(
  stream: ReadableStream<Uint8Array>,
  visit: VisitChunk,
  options: AbortOptions = {},
): Promise<void> {
  const reader = readerIntoBuffer(stream);
  if (!reader) return forEachChunk(stream, visit, options);
  let buffer = new ArrayBuffer(VIEW_BYTES);
  const read = async (): Promise<ReadableStreamReadResult<Uint8Array>> => {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done) return { done: true, value: undefined };
    buffer = value.buffer;
    return { done, value };
  };
  reading.add(reader);
  try {
    await visitAll(reader, { read, visit, ...options });
  } finally {
    reading.delete(reader);
  }
}

/** Undefined where the stream has chunks of its own only. */
function readerIntoBuffer(
  stream: ReadableStream<Uint8Array>,
): ReadableStreamBYOBReader | undefined {
  try {
    return stream.getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}
