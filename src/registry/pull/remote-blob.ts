import { anySignal } from '../../base/any-signal';
import type { ByteRange, ByteSource } from '../../base/byte-source';
import type { AbortOptions } from '../../base/task';
import { generatedStream } from '../../codec/generated-stream';
import type { Descriptor } from '../../oci/descriptor';
import type { RemoteBlob } from '../access';
import type { Registry } from '../client';
import { RegistryError } from '../errors';
import { DEFAULT_RETRY, waitToRetry, type OnRetry, type RetryPolicy } from '../http/retry';

export interface RemoteBlobParts {
  readonly registry: Registry;
  readonly repository: string;
  readonly descriptor: Pick<Descriptor, 'digest' | 'size'>;
  readonly retry?: RetryPolicy;
  readonly onRetry?: OnRetry | undefined;
}

/** A blob of a registry, which a worker can open as well. */
export interface RemoteBlobSource extends ByteSource {
  readonly size: number;
  /** What a worker needs for it, with the login as it is now. */
  describe(options?: AbortOptions): Promise<RemoteBlob>;
}

/**
 * A blob of a registry as bytes that can be opened anywhere. A transfer that breaks off or stalls goes on by Range where it was; only when that
 * has failed several times in a row does the stream reject. The bytes are not checked here.
 */
export function remoteBlobSource(parts: RemoteBlobParts): RemoteBlobSource {
  const { registry, repository, descriptor } = parts;
  const { digest, size } = descriptor;
  return {
    size,
    open(range, { signal } = {}) {
      const wanted = { start: range?.start ?? 0, end: Math.min(range?.end ?? size, size) };
      const ended = new AbortController();
      const signals = anySignal(ended.signal, signal);
      const transfer = new Transfer(parts, wanted, signals);
      return generatedStream(transfer.chunks(), () => {
        ended.abort();
        return Promise.resolve();
      });
    },
    describe: async (options) => ({
      access: await registry.access(options),
      repository,
      digest,
      size,
    }),
  };
}

export function isRemoteBlob(source: ByteSource): source is RemoteBlobSource {
  return 'describe' in source;
}

/** One reading of a range, over as many requests as it takes. */
class Transfer {
  readonly #parts: RemoteBlobParts;
  readonly #end: number;
  readonly #signal: AbortSignal;
  #at: number;

  constructor(parts: RemoteBlobParts, { start, end }: ByteRange, signal: AbortSignal) {
    this.#parts = parts;
    this.#at = start;
    this.#end = end;
    this.#signal = signal;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void> {
    const { registry, repository, descriptor, onRetry } = this.#parts;
    const { retry: policy = DEFAULT_RETRY } = this.#parts;
    const waiting = { policy, signal: this.#signal, onRetry, isTransfer: true };
    for (let failures = 0; this.#at < this.#end;) {
      const begun = this.#at;
      const request = new AbortController();
      const signal = AbortSignal.any([this.#signal, request.signal]);
      const range = { start: begun, end: this.#end };
      // What is refused for a moment is asked for again there.
      const body = await registry.blob(repository, descriptor, { range, signal });
      try {
        yield* this.#read(body);
      } catch (error) {
        failures = this.#at > begun ? 1 : failures + 1;
        await waitToRetry(error, { ...waiting, failures });
      } finally {
        request.abort();
      }
    }
  }

  /** What one request brings. Rejects with `connection-lost` where that is not all. */
  async *#read(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await this.#next(reader);
        if (done) break;
        this.#at += value.length;
        yield value;
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
    if (this.#at < this.#end) throw this.#lost();
  }

  async #next(
    reader: ReadableStreamDefaultReader<Uint8Array>,
  ): Promise<ReadableStreamReadResult<Uint8Array>> {
    try {
      return await reader.read();
    } catch (cause) {
      this.#signal.throwIfAborted();
      // What stands still has broken off.
      if (!(cause instanceof RegistryError) || cause.code === 'no-answer') throw this.#lost(cause);
      throw cause;
    }
  }

  #lost(cause?: unknown): RegistryError {
    const { registry, descriptor } = this.#parts;
    const { digest, size } = descriptor;
    return new RegistryError(
      'connection-lost',
      `The transfer from ${registry.host} broke off at byte ${this.#at} of ${size}; what has come is kept, and the next attempt goes on there.`,
      { detail: { host: registry.host, digest, offset: this.#at, size }, cause },
    );
  }
}
