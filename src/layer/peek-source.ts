import { concatBytes, readRange, type ByteSource } from '../base/byte-source';
import type { AbortOptions } from '../base/task';

/** Bytes of a stream that are kept for who opens it again: decoders look at a start before they settle on a way. */
const REPLAY_BYTES = 1024 * 1024;

/** The first bytes of a source, and a source that gives all of them. */
export interface PeekedSource {
  readonly head: Uint8Array;
  readonly source: ByteSource;
  /** To be called when no more of it is wanted. */
  close(): Promise<void>;
}

/**
 * Looks at the first `bytes` of a source. What is streamed from afar is opened once for the look and for what follows, so that nothing
 * is fetched twice; each byte is handed to `write` once, in order, before it is read.
 */
export async function peekSource(
  source: ByteSource,
  bytes: number,
  { signal, write, written }: ReplayOptions,
): Promise<PeekedSource> {
  if (source.blob && !write) {
    const head = await readRange(source, { start: 0, end: bytes }, { signal });
    return { head, source, close: () => Promise.resolve() };
  }
  const stream = new ReplayableStream(source, { signal, write, written });
  return {
    head: await stream.peek(bytes),
    source: { size: source.size, open: () => stream.open() },
    close: () => stream.close(),
  };
}

interface ReplayOptions extends AbortOptions {
  readonly write?: ((chunk: Uint8Array) => Promise<void>) | undefined;
  /** Bytes that `write` has got in an earlier session. */
  readonly written?: number | undefined;
}

/** A stream that can be opened again as long as little of it has been read. */
class ReplayableStream {
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  readonly #write: ReplayOptions['write'];
  #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** What has been read, until it is too much to keep. */
  #kept: Uint8Array[] | undefined = [];
  #read = 0;
  #written: number;

  constructor(source: ByteSource, { signal, write, written = 0 }: ReplayOptions) {
    this.#source = source;
    this.#signal = signal;
    this.#write = write;
    this.#written = written;
    this.#reader = source.open(undefined, { signal }).getReader();
  }

  async peek(bytes: number): Promise<Uint8Array> {
    while (this.#read < bytes && (await this.#next()));
    return concatBytes(this.#kept ?? []).subarray(0, bytes);
  }

  open(): ReadableStream<Uint8Array> {
    const replay = this.#kept?.slice();
    let next = 0;
    let reopened = replay !== undefined;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const kept = replay?.[next++];
          if (!reopened) await this.#restart();
          reopened = true;
          const chunk = kept ?? (await this.#next());
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }

  async #restart(): Promise<void> {
    await this.close();
    this.#reader = this.#source.open(undefined, { signal: this.#signal }).getReader();
    this.#read = 0;
  }

  async #next(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#reader.read();
    if (done) return undefined;
    const known = Math.min(value.length, this.#written - this.#read);
    const isEarly = this.#read < REPLAY_BYTES;
    this.#read += value.length;
    if (this.#write && known < value.length) await this.#write(value.subarray(known));
    this.#written = Math.max(this.#written, this.#read);
    // The first chunk is kept however large it is: the look at the start needs it.
    if (isEarly) this.#kept?.push(value);
    else this.#kept = undefined;
    return value;
  }
}
