import type { Digest } from '../../oci/digest';
import type { IndexStore, LayerIndexBytes, SettingsStore } from '../index-store';
import type { Database } from './database';
import { holdEverywhere } from './idb-holds';
import type { WriteTransaction } from './schema';

export function idbIndexes(db: Database): IndexStore {
  return {
    get: (diffId) => db.read(['indexes'], (tx) => tx.objectStore('indexes').get(diffId)),
    getAll: (diffIds) =>
      db.read(['indexes'], (tx) =>
        Promise.all(diffIds.map((diffId) => tx.objectStore('indexes').get(diffId))),
      ),
    delete: (diffId) =>
      db.write(['indexes'], async (tx) => {
        const key = await tx.objectStore('indexes').getKey(diffId);
        await tx.objectStore('indexes').delete(diffId);
        return key !== undefined;
      }),
    async *list(): AsyncGenerator<Digest> {
      yield* await db.read(['indexes'], (tx) => tx.objectStore('indexes').getAllKeys());
    },
  };
}

/** Stores the index of a layer, held by every load that runs. */
export async function putIndex(
  tx: WriteTransaction,
  { diffId, bytes }: LayerIndexBytes,
): Promise<void> {
  await Promise.all([holdEverywhere(tx, diffId), tx.objectStore('indexes').put(bytes, diffId)]);
}

export function idbSettings(db: Database): SettingsStore {
  return {
    get: (name) => db.read(['settings'], (tx) => tx.objectStore('settings').get(name)),
    names: (prefix) =>
      db.read(['settings'], (tx) =>
        tx.objectStore('settings').getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)),
      ),
    set: async (name, value) => {
      await db.write(['settings'], (tx) => tx.objectStore('settings').put(value, name));
    },
    delete: (name) => db.write(['settings'], (tx) => tx.objectStore('settings').delete(name)),
  };
}
