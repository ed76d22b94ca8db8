import type { AbortOptions } from '../base/task';
import type { Digest } from '../oci/digest';
import type { BlobInfo, ContentStore } from './content-store';
import type { IndexStore, SettingsStore } from './index-store';
import type { NamedLocks } from './named-locks';
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
 * Holds blobs and indexes that no image names yet, so that no tab collects them. Kept alive by a Web Lock: a killed tab's hold is gone
 * with it. What is stored while a hold is open, by any context of this origin, is held as well; what was stored before is held by `add`.
 */
export interface Hold {
  /**
   * Holds blobs (by digest) and layer indexes (by diff ID), whether stored yet or not, and answers with those blobs that are stored and
   * sound. Held and looked up in one transaction: no garbage collection comes between, so what is in the answer need not be stored again.
   */
  add(...digests: readonly Digest[]): Promise<readonly BlobInfo[]>;
  /** Harmless twice. */
  release(): Promise<void>;
}

/** One open store. Construction is asynchronous and complete: an unopened store cannot exist. */
export interface Store {
  readonly content: ContentStore;
  readonly refs: RefReader;
  readonly images: ImageReader;
  readonly indexes: IndexStore;
  readonly settings: SettingsStore;
  /** Seen by every tab of this origin. */
  readonly locks: NamedLocks;
  /**
   * Applies one change atomically, and tells every tab. Afterwards every ref points to a stored image, and every image that is new names
   * stored blobs only; a change that would break this rejects with `store-conflict` or `blob-missing` and changes nothing.
   */
  commit(change: MetadataChange): Promise<void>;
  /** Begins to hold what is being loaded. A load holds first, stores, commits, and releases last. */
  hold(): Promise<Hold>;
  /** Deletes blobs, parts and indexes that no image names and nobody holds. Runs at start, and after a removal. */
  collectGarbage(options?: AbortOptions): Promise<Collected>;
  problems(): Promise<readonly BlobProblem[]>;
  setProblems(problems: readonly BlobProblem[]): Promise<void>;
  usage(): Promise<StorageUsage>;
  /** Calls back after a commit, a change of problems, or a collection that freed blobs, in this tab or another. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Ends the connection. What was being written is given up, as if the tab were gone. */
  close(): void;
}
