import { openDB, type IDBPDatabase } from 'idb';
import { storeBlocked, toStoreError } from './idb-errors';
import { MIGRATIONS, type Migration, type Schema } from './schema';

export interface OpenDatabaseOptions {
  readonly name: string;
  /** Those of the schema; others only in tests of the upgrade path. */
  readonly migrations?: readonly Migration[];
  /** How long to wait for an older tab to let go of the database, milliseconds. */
  readonly blockedTimeout?: number;
}

interface ConnectionEvents {
  /** A newer version wants to open the database, and waits until this connection is closed. */
  readonly onOutdated: () => void;
  /** The browser ended the connection: its data was cleared. */
  readonly onTerminated: () => void;
}

const BLOCKED_TIMEOUT_MS = 5000;

/** Opens and upgrades. Rejects with `store-outdated`, `store-blocked`, `storage-unavailable` or `quota-exceeded`. */
export async function openDatabase(
  options: OpenDatabaseOptions,
  events: ConnectionEvents,
): Promise<IDBPDatabase<Schema>> {
  const { name, migrations = MIGRATIONS, blockedTimeout = BLOCKED_TIMEOUT_MS } = options;
  const patience = new Patience(blockedTimeout);
  let failure: unknown;
  const opening = openDB<Schema>(name, migrations.length, {
    upgrade: (db, from, _to, transaction) => {
      migrate(migrations.slice(from), db, transaction).catch((error: unknown) => {
        failure = error;
        transaction.abort();
      });
    },
    blocked: () => patience.start(),
    blocking: events.onOutdated,
    terminated: events.onTerminated,
  });
  // A connection that comes after all must not block others in turn.
  opening.then((late) => patience.isOver && late.close()).catch(() => undefined);
  try {
    return await Promise.race([opening, patience.over]);
  } catch (error) {
    throw toStoreError(failure ?? error);
  } finally {
    patience.stop();
  }
}

async function migrate(
  steps: readonly Migration[],
  ...[db, transaction]: Parameters<Migration>
): Promise<void> {
  // Opening rejects with its failure; here it only must not be unhandled.
  transaction.done.catch(() => undefined);
  for (const step of steps) await step(db, transaction);
}

/** Waits for a tab that does not let go, and then no more. */
class Patience {
  readonly #timeout: number;
  readonly over: Promise<never>;
  #end: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  isOver = false;

  constructor(timeout: number) {
    this.#timeout = timeout;
    this.over = new Promise<never>((_, reject) => {
      this.#end = () => {
        this.isOver = true;
        reject(storeBlocked());
      };
    });
  }

  start(): void {
    this.#timer = setTimeout(this.#end, this.#timeout);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
