import { openDB } from 'idb';
import { describe, expect, it, vi } from 'vitest';
import { equalBytes } from '../../../src/base/bytes';
import { openIdbStore, type OpenIdbStoreOptions } from '../../../src/store/idb/open-idb-store';
import type { Digest } from '../../../src/oci/digest';
import type { Ref } from '../../../src/store/metadata-store';
import type { Store } from '../../../src/store/store';
import {
  all,
  digestOf,
  expectedOf,
  patternBytes,
  readAll,
  readText,
  store,
} from '../../support/blobs';
import { databaseNames } from '../../support/idb-names';
import { descriptor, imageRoot } from '../../support/store-contract';

const MiB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

const freshName = databaseNames();

/** Two connections to one store, as of two tabs. */
async function twoTabs(options: OpenIdbStoreOptions = {}): Promise<{ here: Store; there: Store }> {
  const name = freshName();
  const here = await openIdbStore({ name, ...options });
  return { here, there: await openIdbStore({ name }) };
}

async function partCount(name: string): Promise<number> {
  const db = await openDB(name);
  const count = await db.count('parts');
  db.close();
  return count;
}

describe('a store that is opened again', () => {
  it('has all that was committed', async () => {
    const name = freshName();
    const before = await openIdbStore({ name });
    const bytes = patternBytes(9 * MiB);
    const diffId = await digestOf('layer');
    const index = { diffId, bytes: new ArrayBuffer(8) };
    const { digest } = await store(before.content, bytes, index);
    const ref = { name: 'docker.io/library/app:1', target: descriptor(digest) };
    await before.commit({ putImages: [imageRoot([digest], [diffId])], putRefs: [ref] });
    before.close();

    const after = await openIdbStore({ name });
    await after.collectGarbage();
    expect(await all(after.refs.list())).toEqual([ref]);
    expect((await after.indexes.get(diffId))?.byteLength).toBe(8);
    const read = await readAll(await after.content.open(digest));
    expect(equalBytes(read, bytes)).toBe(true);
    after.close();
  });

  it('goes on with a keyed ingest that was cut off, at the last whole part', async () => {
    const name = freshName();
    const bytes = patternBytes(20 * MiB);
    const expected = await expectedOf(bytes);
    const before = await openIdbStore({ name });
    const cut = await before.content.begin({ key: expected.digest });
    await cut.write(bytes.subarray(0, 17 * MiB));
    await vi.waitFor(async () => expect(await partCount(name)).toBe(4));
    before.close();

    const after = await openIdbStore({ name });
    await after.collectGarbage();
    const ingest = await after.content.begin({ key: expected.digest });
    // Parts of 1, 2, 4 and 8 MiB.
    expect(ingest.offset).toBe(15 * MiB);
    await ingest.write(bytes.subarray(ingest.offset));
    await ingest.commit(expected);
    const read = await readAll(await after.content.open(expected.digest));
    expect(equalBytes(read, bytes)).toBe(true);
    after.close();
  });

  it('sweeps what was cut off without a key, and what nobody went on with for a week', async () => {
    const name = freshName();
    const before = await openIdbStore({ name });
    const bytes = patternBytes(8 * MiB);
    for (const key of [undefined, await digestOf('key')]) {
      const ingest = await before.content.begin(key ? { key } : {});
      await ingest.write(bytes);
    }
    await before.content.adopt(new Blob([bytes]));
    await before.content.scratch();
    await vi.waitFor(async () => expect(await partCount(name)).toBe(5));
    before.close();

    const after = await openIdbStore({ name });
    await after.collectGarbage();
    // Of the keyed one: 1, 2 and 4 MiB.
    expect(await partCount(name)).toBe(3);
    after.close();
    const later = await openIdbStore({ name, now: () => Date.now() + 8 * DAY_MS });
    await later.collectGarbage();
    expect(await partCount(name)).toBe(0);
    later.close();
  });

  it('sweeps parts that nothing points to', async () => {
    const name = freshName();
    const opened = await openIdbStore({ name });
    const kept = await store(opened.content, 'kept');
    await opened.commit({ putImages: [imageRoot([kept.digest])] });
    const raw = await openDB(name);
    for (const position of [0, 1, 2])
      await raw.put('parts', new ArrayBuffer(1), ['lost', position]);
    raw.close();
    await opened.collectGarbage();
    expect(await partCount(name)).toBe(1);
    expect(await readText(opened.content, kept.digest)).toBe('kept');
    opened.close();
  });
});

describe('lists, which are kept between commits', () => {
  const ref = (name: string, digest: Digest): Ref => ({ name, target: descriptor(digest) });

  it('have what another tab has committed as soon as that is done', async () => {
    const { here, there } = await twoTabs();
    const { digest } = await store(here.content, 'layer');
    const [one, two] = [
      ref('docker.io/library/app:1', digest),
      ref('docker.io/library/app:2', digest),
    ];
    expect(await all(here.refs.list())).toEqual([]);
    await there.commit({ putImages: [imageRoot([digest])], putRefs: [one] });
    expect(await all(here.refs.list())).toEqual([one]);
    expect(await all(here.images.list())).toEqual([imageRoot([digest])]);
    await there.commit({ putRefs: [two] });
    expect(await all(here.refs.list())).toEqual([one, two]);
    await here.commit({ deleteRefs: [one.name, two.name], deleteImages: [digest] });
    expect(await all(here.refs.list())).toEqual([]);
    expect(await all(there.refs.list())).toEqual([]);
    expect(await all(there.images.list())).toEqual([]);
    here.close();
    there.close();
  });

  it('are read once, and follow what this tab commits', async () => {
    const { here, there } = await twoTabs();
    const { digest } = await store(here.content, 'layer');
    const refs = [2, 1, 3].map((n) => ref(`docker.io/library/app:${n}`, digest));
    await here.commit({ putImages: [imageRoot([digest])], putRefs: refs });
    const read = vi.spyOn(IDBObjectStore.prototype, 'getAll');
    for (let n = 0; n < 3; n++) await all(here.refs.list());
    const added = ref('docker.io/library/app:0', digest);
    await here.commit({ deleteRefs: ['docker.io/library/app:2'], putRefs: [added] });
    const listed = await all(here.refs.list());
    expect(read).toHaveBeenCalledOnce();
    expect(listed.map(({ name }) => name.slice(-1))).toEqual(['0', '1', '3']);
    expect(listed).toEqual(await all(there.refs.list()));
    here.close();
    there.close();
  });
});

describe('two tabs on one store', () => {
  it('see what the other committed, and are told', async () => {
    const { here, there } = await twoTabs();
    const told = vi.fn();
    there.onChange(told);
    const { digest } = await store(here.content, 'shared');
    await here.commit({ putImages: [imageRoot([digest])] });
    await vi.waitFor(() => expect(told).toHaveBeenCalledOnce());
    expect(await there.images.get(digest)).toBeDefined();
    expect(await readText(there.content, digest)).toBe('shared');
    here.close();
    there.close();
  });

  it('never collect what the other is loading', async () => {
    const { here, there } = await twoTabs();
    const found = await store(here.content, 'found');
    const hold = await here.hold();
    await hold.add(found.digest);
    // A worker stores for the load, by a connection of its own.
    const stored = await store(there.content, 'stored');
    const ingest = await here.content.begin();
    const bytes = patternBytes(9 * MiB);
    await ingest.write(bytes);
    expect(await there.collectGarbage()).toEqual({ blobs: [], bytes: 0 });
    await ingest.commit(await expectedOf(bytes));
    expect(await there.collectGarbage()).toEqual({ blobs: [], bytes: 0 });
    await here.commit({ putImages: [imageRoot([found.digest, stored.digest])] });
    await hold.release();
    expect((await there.collectGarbage()).bytes).toBe(9 * MiB);
    here.close();
    there.close();
  });

  it('collect what a tab that is gone was loading', async () => {
    const { here, there } = await twoTabs();
    await here.hold();
    const { digest } = await store(here.content, 'abandoned');
    here.close();
    await vi.waitFor(async () => expect((await there.collectGarbage()).blobs).toEqual([digest]));
    there.close();
  });

  it('leave alone what begins while a collection finds out who is alive', async () => {
    const name = freshName();
    const there = await openIdbStore({ name });
    const begun: { digest?: string } = {};
    const slowLocks = {
      request: navigator.locks.request.bind(navigator.locks),
      query: async () => {
        const seen = await navigator.locks.query();
        const hold = await there.hold();
        begun.digest = (await store(there.content, 'just begun')).digest;
        await hold.add(await digestOf('just begun'));
        await (await there.content.begin()).write(patternBytes(8 * MiB));
        return seen;
      },
    };
    const here = await openIdbStore({ name, locks: slowLocks });
    expect(await here.collectGarbage()).toEqual({ blobs: [], bytes: 0 });
    expect(begun.digest).toBe(await digestOf('just begun'));
    await vi.waitFor(async () => expect(await partCount(name)).toBe(2));
    here.close();
    there.close();
  });

  it('do not leave parts behind when one gives up what the other is writing', async () => {
    const { here, there } = await twoTabs();
    const scratch = await here.content.scratch();
    const same = await there.content.scratch({ id: scratch.id });
    await scratch.release();
    await same.write(patternBytes(5));
    await expect(same.finish()).rejects.toMatchObject({ code: 'store-conflict' });
    await expect(there.content.scratch({ id: scratch.id })).rejects.toMatchObject({
      code: 'store-conflict',
    });
    here.close();
    there.close();
  });

  it('keep one sound blob when both store the same', async () => {
    const { here, there } = await twoTabs();
    const bytes = patternBytes(9 * MiB);
    const [a] = await Promise.all([store(here.content, bytes), store(there.content, bytes)]);
    expect(await all(there.content.list())).toEqual([a]);
    const read = await readAll(await here.content.open(a.digest));
    expect(equalBytes(read, bytes)).toBe(true);
    here.close();
    there.close();
  });
});
