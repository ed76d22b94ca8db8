import type { ByteSource } from '../base/byte-source';
import type { AbortOptions, TaskOptions } from '../base/task';
import type { Digest } from '../oci/digest';
import type { LayerIndexBytes } from './index-store';

/** What is written under a key, and broke off, can be gone on with for this long. */
export const RESUMABLE_MS = 7 * 24 * 60 * 60 * 1000;

export interface BlobInfo {
  readonly digest: Digest;
  /** Bytes, as stored. */
  readonly size: number;
}

export interface BlobReader {
  stat(digest: Digest): Promise<BlobInfo | undefined>;
  /** Rejects with `blob-missing`. */
  open(digest: Digest): Promise<ByteSource>;
}

/** What a blob must turn out to be. */
export interface ExpectedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface IngestOptions extends AbortOptions {
  /**
   * What is written under a key survives a restart, and `begin` with the same key goes on at `offset`. So does what was committed and then
   * named by no image.
   */
  readonly key?: Digest;
}

/** Bytes on their way in. Nobody reads them before `commit`. */
export interface Ingest {
  /** Bytes already written, in this session or an earlier one. */
  readonly offset: number;
  /** Copies the chunk; waits where the store is behind. Rejects with `quota-exceeded`. */
  write(chunk: Uint8Array): Promise<void>;
  /** All that was written so far, in this session or an earlier one, for who must sum it up once more. */
  written(): Promise<ReadableStream<Uint8Array>>;
  /**
   * Makes the blob visible, of a layer together with its index. The caller has hashed what it wrote; the store checks the size. Idempotent
   * for a digest that is stored already. Rejects with `size-mismatch` and leaves nothing.
   */
  commit(expected: ExpectedBlob, index?: LayerIndexBytes): Promise<BlobInfo>;
  /** Lets go of it, so that `begin` with its key goes on from here. Without a key the same as `abort`. */
  suspend(): Promise<void>;
  /** Gives the bytes up. Harmless after a commit. */
  abort(): Promise<void>;
}

/**
 * Bytes waiting to be adopted: their copy into the store may already run while they are being verified. Visible only after `commit`,
 * gone after `abort`.
 */
export interface Adoption {
  /** As that of an `Ingest`. */
  commit(expected: ExpectedBlob, index?: LayerIndexBytes): Promise<BlobInfo>;
  abort(): Promise<void>;
}

/** Bytes that belong to a task and to no image: written once, then read at random. They go with `release`, or with the tab. */
export interface Scratch {
  /** What another context (a worker) opens it by, while this one keeps it alive. */
  readonly id: string;
  /** Copies the chunk; waits where the store is behind. Rejects with `quota-exceeded`. */
  write(chunk: Uint8Array): Promise<void>;
  /** All that was written, once its last byte is stored. Nothing may be written after. */
  finish(): Promise<ByteSource>;
  release(): Promise<void>;
}

export interface ScratchOptions extends AbortOptions {
  /** The id of a scratch that another context made and keeps alive. */
  readonly id?: string;
}

/** Blobs under their digests, as bytes: no one here knows what they mean. */
export interface ContentStore extends BlobReader {
  /** With a key that another tab is writing under, waits until that one is done. */
  begin(options?: IngestOptions): Promise<Ingest>;
  /** Bytes that are here of what comes under a key: all of them, or what an attempt that broke off has left. */
  written(key: Digest): Promise<number>;
  /** Takes bytes that the browser already has (a slice of a file), without a pass through JavaScript where the browser allows it. */
  adopt(bytes: Blob, options?: TaskOptions): Promise<Adoption>;
  scratch(options?: ScratchOptions): Promise<Scratch>;
  /** False where it was not there. Only garbage collection and removal call this. */
  delete(digest: Digest): Promise<boolean>;
  list(): AsyncIterable<BlobInfo>;
}
