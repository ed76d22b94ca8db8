import type { Digest } from '../../oci/digest';
import type { BlobInfo } from '../content-store';
import type { Hold } from '../store';
import { forEachAtOnce } from './database';
import { heldBy, randomName, type WriteTransaction } from './schema';
import type { StoreContext } from './store-context';

export function holdLock(id: string): string {
  return `hold:${id}`;
}

/** Takes the lock first: a hold whose lock nobody has is dead. */
export async function openHold({ db, locks, now }: StoreContext): Promise<Hold> {
  const id = randomName();
  const release = await locks.acquire(holdLock(id));
  try {
    await db.write(['holds'], (tx) => tx.objectStore('holds').put({ id, touchedAt: now() }));
  } catch (error) {
    release();
    throw error;
  }
  return {
    add: (...digests) =>
      db.write(['held', 'blobs', 'problems'], (tx) => holdAndLookUp(tx, id, digests)),
    release: async () => {
      await db.write(['holds', 'held'], (tx) => endHold(tx, id));
      release();
    },
  };
}

/** Holds what is being stored for every load that runs: the context that stores it need not know which one it is for. */
export async function holdEverywhere(tx: WriteTransaction, digest: Digest): Promise<void> {
  const holds = await tx.objectStore('holds').getAllKeys();
  await forEachAtOnce(holds, (hold) => tx.objectStore('held').put(true, [hold, digest]));
}

export async function endHold(tx: WriteTransaction, id: string): Promise<void> {
  await Promise.all([
    tx.objectStore('holds').delete(id),
    tx.objectStore('held').delete(heldBy(id)),
  ]);
}

async function holdAndLookUp(
  tx: WriteTransaction,
  hold: string,
  digests: readonly Digest[],
): Promise<readonly BlobInfo[]> {
  const look = async (digest: Digest): Promise<readonly BlobInfo[]> => {
    const [row, problem] = await Promise.all([
      tx.objectStore('blobs').get(digest),
      tx.objectStore('problems').getKey(digest),
      tx.objectStore('held').put(true, [hold, digest]),
    ]);
    return row && problem === undefined ? [{ digest, size: row.size }] : [];
  };
  return (await Promise.all(digests.map(look))).flat();
}
