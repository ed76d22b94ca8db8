import type { Digest } from '../../oci/digest';
import type { IndexStore, SettingsStore } from '../index-store';
import type { Database } from './database';
import { holdEverywhere } from './idb-holds';

export function idbIndexes(db: Database): IndexStore {
  return {
    get: (diffId) => db.read(['indexes'], (tx) => tx.objectStore('indexes').get(diffId)),
    put: (diffId, index) =>
      db.write(['indexes', 'holds', 'held'], async (tx) => {
        await holdEverywhere(tx, diffId);
        await tx.objectStore('indexes').put(index, diffId);
      }),
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

export function idbSettings(db: Database): SettingsStore {
  return {
    get: (name) => db.read(['settings'], (tx) => tx.objectStore('settings').get(name)),
    set: async (name, value) => {
      await db.write(['settings'], (tx) => tx.objectStore('settings').put(value, name));
    },
    delete: (name) => db.write(['settings'], (tx) => tx.objectStore('settings').delete(name)),
  };
}
