import { ProgressMeter } from '../../base/progress-meter';
import type { TaskOptions } from '../../base/task';
import type { Adoption, BlobInfo, ExpectedBlob } from '../content-store';
import type { LayerIndexBytes } from '../index-store';
import { toStoreError } from './idb-errors';
import { INLINE_BYTES } from './part-writer';
import type { PendingBlob } from './pending-blob';
import type { Part } from './schema';

/** Bytes of a file that one transaction copies: enough for full speed, few enough to be stopped soon. */
const ADOPTED_PART_BYTES = 128 * 1024 * 1024;

/** Copies bytes that the browser has, from the start on; the browser copies, not the script, wherever it takes Blobs. */
export class IdbAdoption implements Adoption {
  readonly #blob: PendingBlob;
  readonly #stop = new AbortController();
  /** Ends with the part that the commit writes. */
  readonly #copying: Promise<Part | undefined>;

  constructor(blob: PendingBlob, bytes: Blob, options: TaskOptions) {
    this.#blob = blob;
    const signals = options.signal ? [options.signal, this.#stop.signal] : [this.#stop.signal];
    this.#copying = this.#copy(bytes, { ...options, signal: AbortSignal.any(signals) });
    // Whoever commits meets the error.
    this.#copying.catch(() => undefined);
  }

  async commit(expected: ExpectedBlob, index?: LayerIndexBytes): Promise<BlobInfo> {
    return this.#blob.commit(expected, { last: await this.#copying, index });
  }

  async abort(): Promise<void> {
    this.#stop.abort();
    await this.#copying.catch(() => undefined);
    await this.#blob.drop();
  }

  async #copy(bytes: Blob, options: TaskOptions): Promise<Part | undefined> {
    try {
      if (bytes.size <= INLINE_BYTES) return await bytes.arrayBuffer();
      await this.#copyParts(bytes, options);
      return undefined;
    } catch (error) {
      await this.#blob.drop().catch(() => undefined);
      options.signal?.throwIfAborted();
      throw toStoreError(error);
    }
  }

  async #copyParts(bytes: Blob, { signal, onProgress }: TaskOptions): Promise<void> {
    const chunkBytes = this.#blob.list.chunkBytes;
    const step = chunkBytes ?? ADOPTED_PART_BYTES;
    const meter = new ProgressMeter(
      { phase: 'storing', total: bytes.size, unit: 'bytes' },
      onProgress,
    );
    for (let at = 0; at < bytes.size; at += step) {
      const part = bytes.slice(at, at + step);
      await this.#blob.append(chunkBytes === null ? part : await part.arrayBuffer(), { signal });
      meter.add(part.size);
    }
    meter.finish();
  }
}
