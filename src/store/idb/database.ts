import type { IDBPDatabase } from 'idb';
import type { AbortOptions } from '../../base/task';
import type { StoreError } from '../errors';
import { storeClosed, storeOutdated, toStoreError } from './idb-errors';
import { openDatabase, type OpenDatabaseOptions } from './open-database';
import type { ReadTransaction, Schema, Table, WriteTransaction } from './schema';

export interface DatabaseOptions extends OpenDatabaseOptions {
  /** A newer version was opened in another tab, and this connection was closed for it. */
  readonly onOutdated?: () => void;
}

export interface WriteOptions extends AbortOptions {
  /** Strict waits until the disk has it. What can be had again (the bytes of a blob) need not. */
  readonly durability?: 'strict' | 'relaxed';
}

/** One connection, whose transactions reject with errors of the store. */
export class Database {
  readonly #db: IDBPDatabase<Schema>;
  #closed: StoreError | undefined;

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  /** Rejects with `store-outdated`, `store-blocked`, `storage-unavailable` or `quota-exceeded`. */
  static async open(options: DatabaseOptions): Promise<Database> {
    let database: Database | undefined;
    const db = await openDatabase(options, {
      onOutdated: () => {
        if (database) database.#close(storeOutdated());
        options.onOutdated?.();
      },
      onTerminated: () => {
        if (database) database.#close(storeClosed());
      },
    });
    return (database = new Database(db));
  }

  /** Runs `body` in one transaction, which sees no change made meanwhile. */
  read<T>(tables: Table[], body: (transaction: ReadTransaction) => Promise<T>): Promise<T> {
    return this.#run(() => this.#db.transaction(tables), body, {});
  }

  /** Runs `body` in one transaction: all that it writes is there when this resolves, nothing of it when this rejects. */
  write<T>(
    tables: Table[],
    body: (transaction: WriteTransaction) => Promise<T>,
    options: WriteOptions = {},
  ): Promise<T> {
    const { durability = 'relaxed' } = options;
    return this.#run(
      () => this.#db.transaction(tables, 'readwrite', { durability }),
      body,
      options,
    );
  }

  close(): void {
    this.#close(storeClosed());
  }

  async #run<Tx extends RunningTransaction, T>(
    begin: () => Tx,
    body: (transaction: Tx) => Promise<T>,
    { signal }: AbortOptions,
  ): Promise<T> {
    signal?.throwIfAborted();
    const transaction = this.#begin(begin);
    const failure = transaction.done.then(
      () => undefined,
      (error: unknown) => error,
    );
    const abort = (): void => abortQuietly(transaction);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const result = await body(transaction);
      await transaction.done;
      return result;
    } catch (error) {
      abort();
      const cause = moreTelling(await failure, error);
      signal?.throwIfAborted();
      throw this.#closed ?? toStoreError(cause);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #begin<Tx>(begin: () => Tx): Tx {
    if (this.#closed) throw this.#closed;
    try {
      return begin();
    } catch (error) {
      throw toStoreError(error);
    }
  }

  #close(reason: StoreError): void {
    this.#closed ??= reason;
    this.#db.close();
  }
}

/**
 * Sends the requests of a transaction for all items before the first is answered: what takes long is the way there and back, above all where
 * the thread that asks is busy. Rejects with the first that fails, which aborts the transaction.
 */
export async function forEachAtOnce<T>(
  items: readonly T[],
  ask: (item: T) => Promise<unknown>,
): Promise<void> {
  await Promise.all(items.map(ask));
}

interface RunningTransaction {
  readonly done: Promise<void>;
  abort(): void;
}

function abortQuietly(transaction: RunningTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}

/** A transaction says why it was aborted (a full disk), a request in it only that it was; unless the request was the reason. */
function moreTelling(ofTransaction: unknown, ofRequest: unknown): unknown {
  const isAborted = ofTransaction instanceof DOMException && ofTransaction.name === 'AbortError';
  return ofTransaction === undefined || isAborted ? ofRequest : ofTransaction;
}
