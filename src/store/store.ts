import type { AbortOptions } from '../base/task';
import type { Digest } from '../oci/digest';
import type { ContentStore } from './content-store';
import type { IndexStore, SettingsStore } from './index-store';
import type { BlobProblem, ImageReader, MetadataChange, RefReader } from './metadata-store';

/** Bytes. `quota` is what the browser would allow, null where it does not say. */
export interface StorageUsage {
  readonly usage: number;
  readonly quota: number | null;
}

/** What a sweep or a garbage collection took. */
export interface Collected {
  readonly blobs: readonly Digest[];
  /** Bytes of those blobs. */
  readonly bytes: number;
}

/**
 * Holds blobs and indexes that no image names yet, so that no other tab collects them. Kept alive by a Web Lock: a killed tab's hold is
 * gone with it.
 */
export interface Hold {
  add(...digests: readonly Digest[]): Promise<void>;
  release(): Promise<void>;
}

/** One open store. Construction is asynchronous and complete: an unopened store cannot exist. */
export interface Store {
  readonly content: ContentStore;
  readonly refs: RefReader;
  readonly images: ImageReader;
  readonly indexes: IndexStore;
  readonly settings: SettingsStore;
  /** Applies one change atomically, and tells every tab. */
  commit(change: MetadataChange): Promise<void>;
  /** Begins to hold blobs that are being loaded; digests may be added before they are stored. */
  hold(): Promise<Hold>;
  /** Deletes blobs, parts and indexes that no image names and nobody holds. Runs at start, and after a removal. */
  collectGarbage(options?: AbortOptions): Promise<Collected>;
  problems(): Promise<readonly BlobProblem[]>;
  setProblems(problems: readonly BlobProblem[]): Promise<void>;
  usage(): Promise<StorageUsage>;
  /** Calls back after a commit in this tab or another. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  close(): void;
}
