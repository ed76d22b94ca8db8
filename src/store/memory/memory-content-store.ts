import { blobSource, type ByteSource } from '../../base/byte-source';
import type { TaskOptions } from '../../base/task';
import type { Digest } from '../../oci/digest';
import type {
  Adoption,
  BlobInfo,
  ContentStore,
  ExpectedBlob,
  Ingest,
  IngestOptions,
  Scratch,
  ScratchOptions,
} from '../content-store';
import { blobMissing, sizeMismatch } from '../errors';
import type { LayerIndexBytes } from '../index-store';
import { ProcessLocks } from '../named-locks';

/** Bytes written so far. */
class Bytes {
  #parts: Blob[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(chunk: Uint8Array): Promise<void> {
    this.#parts.push(new Blob([chunk.slice()]));
    this.#size += chunk.length;
    return Promise.resolve();
  }

  blob(): Blob {
    return new Blob(this.#parts);
  }
}

type OnStored = (digest: Digest, index: LayerIndexBytes | undefined) => void;

/** Blobs in memory. Keyed ingests survive as long as the store does. */
export class MemoryContentStore implements ContentStore {
  readonly #blobs = new Map<Digest, Blob>();
  readonly #keyed = new Map<Digest, Bytes>();
  /** Blobs that came under a key and that no image has named. */
  readonly #unclaimed = new Map<Digest, Bytes>();
  readonly #locks = new ProcessLocks();
  readonly #scratches = new Map<string, Bytes>();
  readonly #onStored: OnStored;
  #scratchCount = 0;

  /** `onStored` is told of every commit, whether the blob was there before or not. */
  constructor(onStored: OnStored) {
    this.#onStored = onStored;
  }

  stat(digest: Digest): Promise<BlobInfo | undefined> {
    return Promise.resolve(this.info(digest));
  }

  open(digest: Digest): Promise<ByteSource> {
    const blob = this.#blobs.get(digest);
    return blob ? Promise.resolve(blobSource(blob)) : Promise.reject(blobMissing(digest));
  }

  async begin({ key, signal }: IngestOptions = {}): Promise<Ingest> {
    signal?.throwIfAborted();
    if (key === undefined) return this.#ingest(new Bytes(), () => undefined);
    const endTurn = await this.#locks.acquire(key, { signal });
    const bytes = this.#keyed.get(key) ?? new Bytes();
    this.#keyed.set(key, bytes);
    return this.#ingest(
      bytes,
      (isKept) => {
        if (!isKept) this.#keyed.delete(key);
        endTurn();
      },
      key,
    );
  }

  written(key: Digest): Promise<number> {
    return Promise.resolve(this.#blobs.get(key)?.size ?? this.#keyed.get(key)?.size ?? 0);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, memory is not
  async adopt(bytes: Blob, { signal, onProgress }: TaskOptions = {}): Promise<Adoption> {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'storing', done: bytes.size, total: bytes.size, unit: 'bytes' });
    return {
      commit: (expected, index) => this.#commit(bytes, expected, index),
      abort: () => Promise.resolve(),
    };
  }

  scratch({ id }: ScratchOptions = {}): Promise<Scratch> {
    const name = id ?? `scratch-${++this.#scratchCount}`;
    const bytes = this.#scratches.get(name) ?? new Bytes();
    this.#scratches.set(name, bytes);
    return Promise.resolve({
      id: name,
      write: (chunk) => bytes.append(chunk),
      finish: () => Promise.resolve(blobSource(bytes.blob())),
      release: () => Promise.resolve(void this.#scratches.delete(name)),
    });
  }

  delete(digest: Digest): Promise<boolean> {
    return Promise.resolve(this.#blobs.delete(digest));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, memory is not
  async *list(): AsyncGenerator<BlobInfo> {
    yield* this.infos();
  }

  /** What images name is garbage once none does, however it came. */
  claim(digests: Iterable<Digest>): void {
    for (const digest of digests) this.#unclaimed.delete(digest);
  }

  /** Takes a blob that nothing needs; one that came under a key for an image that was not stored stays for the next attempt. False then. */
  giveUp(digest: Digest): boolean {
    this.#blobs.delete(digest);
    const bytes = this.#unclaimed.get(digest);
    this.#unclaimed.delete(digest);
    if (!bytes || this.#keyed.has(digest)) return true;
    this.#keyed.set(digest, bytes);
    return false;
  }

  info(digest: Digest): BlobInfo | undefined {
    const blob = this.#blobs.get(digest);
    return blob && { digest, size: blob.size };
  }

  infos(): readonly BlobInfo[] {
    return [...this.#blobs].map(([digest, { size }]) => ({ digest, size }));
  }

  #ingest(bytes: Bytes, end: (isKept: boolean) => void, key?: Digest): Ingest {
    let ended = false;
    const endOnce = (isKept = false): Promise<void> => {
      if (!ended) end(isKept);
      ended = true;
      return Promise.resolve();
    };
    return {
      offset: bytes.size,
      write: (chunk) => bytes.append(chunk),
      written: () => Promise.resolve(bytes.blob().stream()),
      commit: async (expected, index) => {
        try {
          const isNew = key !== undefined && !this.#blobs.has(expected.digest);
          const info = await this.#commit(bytes.blob(), expected, index);
          if (isNew) this.#unclaimed.set(key, bytes);
          return info;
        } finally {
          await endOnce();
        }
      },
      suspend: () => endOnce(true),
      abort: () => endOnce(),
    };
  }

  #commit(
    blob: Blob,
    { digest, size }: ExpectedBlob,
    index: LayerIndexBytes | undefined,
  ): Promise<BlobInfo> {
    if (blob.size !== size) return Promise.reject(sizeMismatch({ digest, size }, blob.size));
    this.#blobs.set(digest, blob);
    this.#onStored(digest, index);
    return Promise.resolve({ digest, size });
  }
}
