import type { AbortOptions, Clock } from '../../base/task';
import type { IndexStore, SettingsStore } from '../index-store';
import type { NamedLocks } from '../named-locks';
import type { BlobProblem, ImageReader, MetadataChange, RefReader } from '../metadata-store';
import type { Collected, Hold, StorageUsage, Store } from '../store';
import { ChangeChannel } from './change-channel';
import { collectGarbage } from './collect-garbage';
import { Database, type DatabaseOptions } from './database';
import { IdbContentStore } from './idb-content-store';
import { openHold } from './idb-holds';
import { idbIndexes, idbSettings } from './idb-indexes';
import { IdbMetadata } from './idb-metadata';
import { tryBlob, type StoreContext } from './store-context';
import { StoreLocks } from './store-locks';

export interface OpenIdbStoreOptions extends Omit<DatabaseOptions, 'name'> {
  /** Of the database; `drydock` where it is not said. */
  readonly name?: string;
  /** Web Locks; the browser's own where it is not said, null for none. */
  readonly locks?: LockManager | null;
  /** The browser’s own where it is not said, null for none. */
  readonly storage?: Pick<StorageManager, 'estimate'> | null;
  readonly now?: Clock;
}

/**
 * The store of this origin. Any number of connections, in tabs and workers, may be open at once. Rejects with `storage-unavailable`,
 * `store-outdated`, `store-blocked` or `quota-exceeded`.
 */
export async function openIdbStore(options: OpenIdbStoreOptions = {}): Promise<Store> {
  const { name = 'drydock', now = Date.now } = options;
  const db = await Database.open({ ...options, name });
  const manager = options.locks === undefined ? browserLocks() : (options.locks ?? undefined);
  let takesBlobs: Promise<boolean> | undefined;
  const context: StoreContext = {
    db,
    now,
    locks: new StoreLocks(name, manager),
    takesBlobs: () => (takesBlobs ??= tryBlob(db)),
  };
  const storage = options.storage === undefined ? browserStorage() : (options.storage ?? undefined);
  return new IdbStore(context, new ChangeChannel(name), storage);
}

class IdbStore implements Store {
  readonly #context: StoreContext;
  readonly #metadata: IdbMetadata;
  readonly #changes: ChangeChannel;
  readonly #storage: Pick<StorageManager, 'estimate'> | undefined;
  readonly content: IdbContentStore;
  readonly refs: RefReader;
  readonly images: ImageReader;
  readonly indexes: IndexStore;
  readonly settings: SettingsStore;
  readonly locks: NamedLocks;

  constructor(
    context: StoreContext,
    changes: ChangeChannel,
    storage: Pick<StorageManager, 'estimate'> | undefined,
  ) {
    this.#context = context;
    this.#changes = changes;
    this.#storage = storage;
    this.content = new IdbContentStore(context);
    this.#metadata = new IdbMetadata(context.db);
    this.refs = this.#metadata.refs;
    this.images = this.#metadata.images;
    this.indexes = idbIndexes(context.db);
    this.settings = idbSettings(context.db);
    this.locks = context.locks;
  }

  async commit(change: MetadataChange): Promise<void> {
    await this.#metadata.commit(change);
    this.#changes.announce();
  }

  hold(): Promise<Hold> {
    return openHold(this.#context);
  }

  async collectGarbage(options: AbortOptions = {}): Promise<Collected> {
    const collected = await collectGarbage(this.#context, options);
    if (collected.blobs.length > 0) this.#changes.announce();
    return collected;
  }

  problems(): Promise<readonly BlobProblem[]> {
    return this.#context.db.read(['problems'], (tx) => tx.objectStore('problems').getAll());
  }

  async setProblems(problems: readonly BlobProblem[]): Promise<void> {
    await this.#context.db.write(['problems'], async (tx) => {
      await tx.objectStore('problems').clear();
      for (const problem of problems) await tx.objectStore('problems').put(problem);
    });
    this.#changes.announce();
  }

  async usage(): Promise<StorageUsage> {
    const { usage, quota } = (await this.#storage?.estimate()) ?? {};
    return { usage: usage ?? (await this.#sumOfSizes()), quota: quota ?? null };
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  close(): void {
    this.#changes.close();
    this.#context.locks.releaseAll();
    this.#context.db.close();
  }

  /** Of the bytes of blobs, for a browser that does not say (WebKitGTK). */
  #sumOfSizes(): Promise<number> {
    return this.#context.db.read(['blobs', 'ingests'], async (tx) => {
      const rows = [
        ...(await tx.objectStore('blobs').getAll()),
        ...(await tx.objectStore('ingests').getAll()),
      ];
      return rows.reduce((sum, { size }) => sum + size, 0);
    });
  }
}

function browserLocks(): LockManager | undefined {
  return 'locks' in navigator ? navigator.locks : undefined;
}

function browserStorage(): Pick<StorageManager, 'estimate'> | undefined {
  return 'storage' in navigator && 'estimate' in navigator.storage ? navigator.storage : undefined;
}
