import { joinStreams, type ByteSource } from '../base/byte-source';
import type { AbortOptions } from '../base/task';
import type { ContentStore, ExpectedBlob, Ingest } from '../store/content-store';
import type { LayerIndexBytes } from '../store/index-store';
import type { ExpectedLayer } from './ingest-layer';

/** A blob on its way into the store. */
export interface IncomingBlob {
  /** What is to be read of it: all its bytes, wherever they are by now. */
  readonly source: ByteSource;
  /** Undefined where the store takes the bytes by itself. */
  readonly write: ((chunk: Uint8Array) => Promise<void>) | undefined;
  /** Bytes of it that the store has from an earlier attempt. */
  readonly written: number;
  commit(expected: ExpectedBlob, index: LayerIndexBytes): Promise<unknown>;
  /** Keeps what has come for a later attempt, where that was asked for. */
  suspend(): Promise<void>;
  /** Harmless after a commit, or after what was kept. */
  abort(): Promise<void>;
}

export interface IncomingOptions extends AbortOptions {
  readonly expected: ExpectedLayer;
  readonly resumable?: boolean | undefined;
}

/** Bytes of a Blob that are not worth a second way to them: each read of a Blob costs the browser more than that of so many bytes. */
const SMALL_BYTES = 64 * 1024;

/** Bytes that the browser has are taken over by the store while they are read; few of them, and others, are written as they come. */
export async function beginBlob(
  content: ContentStore,
  given: ByteSource,
  options: IncomingOptions,
): Promise<IncomingBlob> {
  const { signal, expected, resumable } = options;
  signal?.throwIfAborted();
  const { blob } = given;
  if (blob && blob.size > SMALL_BYTES) return adopt(content, given, { ...options, blob });
  const source = blob ? readOnce(blob) : given;
  if (resumable && expected.digest !== undefined) {
    return goOn(source, await content.begin({ signal, key: expected.digest }));
  }
  const ingest = await content.begin({ signal });
  return {
    source,
    write: (chunk) => ingest.write(chunk),
    written: 0,
    commit: (found, index) => ingest.commit(found, index),
    suspend: () => ingest.abort(),
    abort: () => ingest.abort(),
  };
}

/** The bytes of a Blob, which is read whole when they are first asked for, and no second time. */
function readOnce(blob: Blob): ByteSource {
  let bytes: Promise<ArrayBuffer> | undefined;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    bytes ??= blob.arrayBuffer();
    controller.enqueue(new Uint8Array(await bytes));
    controller.close();
  };
  return { size: blob.size, open: () => new ReadableStream({ pull }, { highWaterMark: 0 }) };
}

function adopt(
  content: ContentStore,
  source: ByteSource,
  { blob, signal }: AbortOptions & { readonly blob: Blob },
): IncomingBlob {
  // The copy into the store runs while the layer is read; what is wrong with it is told at the commit.
  const adoption = content.adopt(blob, { signal });
  adoption.catch(() => undefined);
  const abort = (): Promise<void> => adoption.then((begun) => begun.abort()).catch(() => undefined);
  return {
    source,
    write: undefined,
    written: 0,
    commit: async (found, index) => (await adoption).commit(found, index),
    suspend: abort,
    abort,
  };
}

/** Reads what an earlier attempt left from the store, and the rest from its source. */
function goOn(source: ByteSource, ingest: Ingest): IncomingBlob {
  let offset = ingest.offset;
  let isKept = false;
  const open = (options?: AbortOptions): ReadableStream<Uint8Array> => {
    const rest = { start: offset, end: source.size ?? Number.MAX_SAFE_INTEGER };
    return joinStreams([
      ...(offset > 0 ? [() => ingest.written()] : []),
      ...(rest.start < rest.end ? [() => source.open(rest, options)] : []),
    ]);
  };
  return {
    source: { size: source.size, open: (_, options) => open(options) },
    write: async (chunk) => {
      await ingest.write(chunk);
      offset += chunk.length;
    },
    written: ingest.offset,
    commit: (found, index) => ingest.commit(found, index),
    suspend: async () => {
      isKept = true;
      await ingest.suspend();
    },
    abort: async () => {
      if (!isKept) await ingest.abort();
    },
  };
}
