import { isCoded } from '../../base/errors';
import type { Clock } from '../../base/task';
import type { Database } from './database';
import type { StoreLocks } from './store-locks';

/** What the pieces of one store share. */
export interface StoreContext {
  readonly db: Database;
  readonly locks: StoreLocks;
  readonly now: Clock;
  /** Whether this browser takes Blobs; found by trying, once. */
  readonly takesBlobs: () => Promise<boolean>;
}

/**
 * Tries whether a Blob can be stored. WebKitGTK refuses them in an ephemeral session: the transaction aborts.
 * What a full disk says is left to the write that meets it.
 */
export async function tryBlob(db: Database): Promise<boolean> {
  try {
    await db.write(['parts'], async (tx) => {
      const parts = tx.objectStore('parts');
      await parts.put(new Blob(['?']), ['probe', 0]);
      await parts.delete(['probe', 0]);
    });
    return true;
  } catch (error) {
    return isCoded(error) && error.code === 'quota-exceeded';
  }
}
