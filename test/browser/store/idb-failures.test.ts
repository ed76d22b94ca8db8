import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cdp } from 'vitest/browser';
import { isAbort } from '../../../src/base/errors';
import { openIdbStore } from '../../../src/store/idb/open-idb-store';
import { MIGRATIONS } from '../../../src/store/idb/schema';
import { all, digestOf, expectedOf, patternBytes, readText, store } from '../../support/blobs';
import { databaseNames } from '../../support/idb-names';
import { imageRoot } from '../../support/store-contract';

const MiB = 1024 * 1024;
const freshName = databaseNames();
const origin = location.origin;

afterEach(() => vi.restoreAllMocks());

/** Lets the browser store no more than this in the origin; all that it wants without a number. */
async function setQuota(quotaSize?: number): Promise<void> {
  await cdp().send(
    'Storage.overrideQuotaForOrigin',
    quotaSize ? { origin, quotaSize } : { origin },
  );
}

async function clearStores(): Promise<void> {
  await cdp().send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
}

describe('a full disk', () => {
  afterEach(() => setQuota());

  it('is said in a sentence, and leaves what was stored before', async () => {
    // Chromium believes what it knew of the free room for half a minute, unless there is nothing stored that it knew it of.
    await clearStores();
    await setQuota(4 * MiB);
    const opened = await openIdbStore({ name: freshName() });
    const before = await store(opened.content, 'before');
    await opened.commit({ putImages: [imageRoot([before.digest])] });
    const bytes = patternBytes(16 * MiB);

    const ingest = await opened.content.begin();
    const writing = ingest.write(bytes).then(async () => ingest.commit(await expectedOf(bytes)));
    await expect(writing).rejects.toMatchObject({
      code: 'quota-exceeded',
      message: expect.stringContaining('no room left') as string,
    });
    await ingest.abort();
    const adoption = await opened.content.adopt(new Blob([bytes]));
    const adopting = adoption.commit(await expectedOf(bytes));
    await expect(adopting).rejects.toMatchObject({ code: 'quota-exceeded' });

    await setQuota();
    expect(await all(opened.content.list())).toEqual([before]);
    expect(await readText(opened.content, before.digest)).toBe('before');
    expect((await store(opened.content, bytes)).size).toBe(16 * MiB);
    opened.close();
  });
});

describe('a write that fails', () => {
  it('is no abort of the task', async () => {
    const opened = await openIdbStore({ name: freshName() });
    await opened.settings.set('ready', true);
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
      const request = this.getKey('anything');
      this.transaction.abort();
      return request as IDBRequest<IDBValidKey>;
    });
    const failure: unknown = await opened.settings.set('a', 1).catch((error: unknown) => error);
    expect(isAbort(failure)).toBe(false);
    expect(failure).toMatchObject({ code: 'storage-unavailable' });
    opened.close();
  });

  it('stops an adoption at once when it is given up, and leaves nothing of it', async () => {
    const opened = await openIdbStore({ name: freshName() });
    const controller = new AbortController();
    const adoption = await opened.content.adopt(new Blob([patternBytes(MiB)]), {
      signal: controller.signal,
    });
    controller.abort();
    const expected = await expectedOf(patternBytes(MiB));
    const failure: unknown = await adoption.commit(expected).catch((error: unknown) => error);
    expect(isAbort(failure)).toBe(true);
    expect(await all(opened.content.list())).toEqual([]);
    opened.close();
  });
});

describe('the version of the store', () => {
  it('goes from 1 to the newest with everything that was in it', async () => {
    const name = freshName();
    const { digest } = await writeVersion1(name);
    const opened = await openIdbStore({ name });
    expect(await readText(opened.content, digest)).toBe('kept');
    expect(await opened.images.get(digest)).toEqual(imageRoot([digest]));
    expect(await opened.settings.get('app.theme')).toBe('dark');
    expect((await opened.collectGarbage()).blobs).toEqual([]);
    opened.close();
  });

  it('goes up by one migration at a time, and older tabs let go and say so', async () => {
    const name = freshName();
    const onOutdated = vi.fn();
    const older = await openIdbStore({ name, onOutdated });
    const { digest } = await store(older.content, 'kept');
    await older.commit({ putImages: [imageRoot([digest])] });
    const migrations = [
      ...MIGRATIONS,
      (
        _db: unknown,
        tx: { objectStore(name: 'settings'): { put(v: unknown, k: string): unknown } },
      ) => void tx.objectStore('settings').put('yes', 'migrated'),
    ];
    const newer = await openIdbStore({ name, migrations });
    expect(await newer.settings.get('migrated')).toBe('yes');
    expect(await readText(newer.content, digest)).toBe('kept');
    expect(onOutdated).toHaveBeenCalledOnce();
    await expect(older.content.stat(digest)).rejects.toMatchObject({ code: 'store-outdated' });
    await expect(openIdbStore({ name })).rejects.toMatchObject({ code: 'store-outdated' });
    older.close();
    newer.close();
  });

  it('stays where it was when a migration fails', async () => {
    const name = freshName();
    const { digest } = await writeVersion1(name);
    const fail = async (
      _db: unknown,
      tx: { objectStore(name: 'blobs'): { clear(): Promise<void> } },
    ) => {
      await tx.objectStore('blobs').clear();
      throw new Error('cannot');
    };
    await expect(openIdbStore({ name, migrations: [...MIGRATIONS, fail] })).rejects.toMatchObject({
      code: 'storage-unavailable',
    });
    const opened = await openIdbStore({ name });
    expect(await readText(opened.content, digest)).toBe('kept');
    opened.close();
  });

  it('waits for an older tab only so long', async () => {
    const name = freshName();
    const stubborn = await openDB(name, 1);
    await expect(
      openIdbStore({ name, migrations: [...MIGRATIONS, () => undefined], blockedTimeout: 50 }),
    ).rejects.toMatchObject({ code: 'store-blocked' });
    stubborn.close();
  });
});

describe('a store whose data the browser clears', () => {
  it('says that it was closed', async () => {
    const opened = await openIdbStore({ name: freshName() });
    await clearStores();
    await vi.waitFor(() =>
      expect(opened.settings.get('a')).rejects.toMatchObject({ code: 'storage-unavailable' }),
    );
    opened.close();
  });
});

/** A database as version 1 left it, written out by hand: what is in people's browsers does not follow the code. */
async function writeVersion1(name: string) {
  const db = await openDB(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('parts');
      fresh.createObjectStore('blobs', { keyPath: 'digest' });
      fresh.createObjectStore('ingests', { keyPath: 'owner' }).createIndex('key', 'key');
      fresh.createObjectStore('refs', { keyPath: 'name' }).createIndex('target', 'target.digest');
      fresh.createObjectStore('images', { keyPath: 'target.digest' });
      fresh.createObjectStore('indexes');
      fresh.createObjectStore('settings');
      fresh.createObjectStore('problems', { keyPath: 'digest' });
      fresh.createObjectStore('holds', { keyPath: 'id' });
      fresh.createObjectStore('held');
    },
  });
  const digest = await digestOf('kept');
  await db.put('parts', new Blob(['ke']), ['0f', 0]);
  await db.put('parts', new Blob(['pt']), ['0f', 1]);
  await db.put('blobs', { digest, size: 4, owner: '0f', chunkBytes: null });
  await db.put('images', imageRoot([digest]));
  await db.put('settings', 'dark', 'app.theme');
  db.close();
  return { digest };
}
