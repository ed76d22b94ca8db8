import type { Page } from 'playwright-core';

/** How many rows each table of the store has: parts of blobs, finished or not, blobs on their way, images, and all else. */
export function storedRows(page: Page): Promise<Readonly<Record<string, number>>> {
  return page.evaluate(
    () =>
      new Promise<Record<string, number>>((resolve, reject) => {
        const opening = indexedDB.open('drydock');
        opening.onerror = () => reject(new Error('the store does not open'));
        opening.onsuccess = () => {
          const database = opening.result;
          const names = [...database.objectStoreNames];
          const transaction = database.transaction(names);
          const counts = names.map((name) => transaction.objectStore(name).count());
          transaction.oncomplete = () => {
            database.close();
            resolve(Object.fromEntries(names.map((name, i) => [name, counts[i]?.result ?? 0])));
          };
        };
      }),
  );
}
