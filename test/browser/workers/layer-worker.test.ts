import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { blobSource, readRange } from '../../../src/base/byte-source';
import { equalBytes } from '../../../src/base/bytes';
import type { Progress } from '../../../src/base/task';
import { openLayerIndex } from '../../../src/layer/index/open-layer-index';
import { openIdbStore } from '../../../src/store/idb/open-idb-store';
import type { Store } from '../../../src/store/store';
import { createLayerWorker } from '../../../src/workers/create-layer-worker';
import { WorkerPool } from '../../../src/workers/pool';
import { poolJobs, type PoolJobs } from '../../../src/workers/pool-jobs';
import { all, digestOf, patternBytes, readAll } from '../../support/blobs';
import { databaseNames } from '../../support/idb-names';
import { tarOf } from '../../support/tar-builder';

const MiB = 1024 * 1024;
const freshName = databaseNames();

let name: string;
let store: Store;
let pool: WorkerPool;
let jobs: PoolJobs;

beforeEach(async () => {
  name = freshName();
  store = await openIdbStore({ name });
  pool = new WorkerPool({ createWorker: () => createLayerWorker(name), concurrency: 2 });
  jobs = poolJobs(pool, store.content);
});
afterEach(() => {
  pool.close();
  store.close();
});

const PIECE = tarOf([{ path: 'big', content: patternBytes(4 * MiB) }], { end: false });

/** A layer of so many entries of 4 MiB, whose bytes take no memory of their own. */
function largeLayer(entries: number): Blob {
  const piece = new Blob([PIECE]);
  return new Blob(Array.from({ length: entries }, () => piece));
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(packed).blob();
}

function isIncreasing(values: readonly number[]): boolean {
  return values.every((value, i) => value >= (values[i - 1] ?? 0));
}

const TAR = tarOf([
  'etc/',
  { path: 'etc/passwd', content: 'root' },
  { path: 'big', content: patternBytes(3 * MiB) },
]);

describe('a layer that a worker takes in', () => {
  it('is in the store with its index, and names its sums', async () => {
    const packed = await gzip(TAR);
    const digest = await digestOf(new Uint8Array(await packed.arrayBuffer()));
    const diffId = await digestOf(TAR);
    const hold = await store.hold();
    const layer = await jobs.ingestLayer(blobSource(packed), { digest, diffId, what: 'layer 1' });
    expect(layer).toMatchObject({ digest, diffId, compression: 'gzip', entryCount: 3 });
    const index = openLayerIndex((await store.indexes.get(diffId))!);
    expect([...index.entries()].map(({ path }) => path)).toEqual(['big', 'etc', 'etc/passwd']);
    expect((await store.content.stat(digest))?.size).toBe(packed.size);
    // It was stored by another connection, and held for this load all the same.
    expect((await store.collectGarbage()).blobs).toEqual([]);
    await hold.release();
    expect((await store.collectGarbage()).blobs).toEqual([digest]);
  });

  it('leaves nothing where it is not what was expected, and says so as the worker said it', async () => {
    const expected = { digest: await digestOf('another'), what: 'layer 1' };
    await expect(jobs.ingestLayer(blobSource(new Blob([TAR])), expected)).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringContaining('layer 1') as string,
    });
    expect(await all(store.content.list())).toEqual([]);
    expect(await all(store.indexes.list())).toEqual([]);
  });

  it('shows what was read so far, and how far it is', async () => {
    const tar = largeLayer(40);
    const progress: Progress[] = [];
    const partial: number[] = [];
    const begun = performance.now();
    await jobs.ingestLayer(
      blobSource(tar),
      { what: 'layer 1' },
      {
        onProgress: (report) => progress.push(report),
        onPartialIndex: (index) => partial.push(openLayerIndex(index).entryCount),
      },
    );
    const seconds = (performance.now() - begun) / 1000;
    expect(progress.length).toBeLessThanOrEqual(10 * seconds + 2);
    expect(isIncreasing(progress.map(({ done }) => done))).toBe(true);
    expect(progress.at(-1)).toMatchObject({ done: tar.size, total: tar.size, unit: 'bytes' });
    expect(partial.length).toBeGreaterThan(0);
    expect(isIncreasing(partial)).toBe(true);
  });
});

describe('an archive that a worker unpacks', () => {
  it('can be read at random until it is released, and is swept then', async () => {
    const bytes = tarOf([{ path: 'big', content: patternBytes(20 * MiB) }]);
    const unpacked = await jobs.unpackArchive(blobSource(await gzip(bytes)));
    const { source } = unpacked;
    expect(source.size).toBe(bytes.length);
    const range = { start: 8 * MiB - 5, end: 8 * MiB + 5 };
    expect(await readRange(source, range)).toEqual(bytes.slice(range.start, range.end));
    await store.collectGarbage();
    expect(equalBytes(await readAll(source), bytes)).toBe(true);
    await unpacked.release();
    expect(await all(store.content.list())).toEqual([]);
  });

  it('is refused by name where it is damaged', async () => {
    const packed = await gzip(tarOf([{ path: 'big', content: patternBytes(MiB) }]));
    const file = new File([packed.slice(0, packed.size / 2)], 'app.tar.gz');
    await expect(jobs.unpackArchive(blobSource(file))).rejects.toMatchObject({
      code: 'truncated',
      message: expect.stringContaining('app.tar.gz') as string,
    });
  });
});

describe('what a worker says of a blob', () => {
  it('is its digest', async () => {
    const bytes = patternBytes(5 * MiB);
    expect(await jobs.hashBlob(blobSource(new Blob([bytes])))).toBe(await digestOf(bytes));
  });

  it('is its index, stored nowhere', async () => {
    const source = blobSource(await gzip(TAR));
    const index = openLayerIndex(await jobs.indexLayer(source, { what: 'layer 1' }));
    expect(index.find('etc/passwd')?.size).toBe(4);
    expect(await all(store.indexes.list())).toEqual([]);
  });

  it('is the content of one file in it', async () => {
    const source = blobSource(await gzip(TAR));
    const index = openLayerIndex(await jobs.indexLayer(source, { what: 'layer 1' }));
    const location = index.locate(index.find('big')!.position);
    const content = await jobs.readContent(source, location);
    expect(equalBytes(new Uint8Array(await content.arrayBuffer()), patternBytes(3 * MiB))).toBe(
      true,
    );
    const preview = await jobs.readContent(source, location, { limit: 100 });
    expect(new Uint8Array(await preview.arrayBuffer())).toEqual(
      patternBytes(3 * MiB).slice(0, 100),
    );
  });
});

describe('a worker that is told to stop', () => {
  it('stops within 250 ms, cleans up, and does the next job', async () => {
    const controller = new AbortController();
    const large = blobSource(largeLayer(128));
    const begun = vi.fn();
    const running = jobs.hashBlob(large, { signal: controller.signal, onProgress: begun });
    await vi.waitFor(() => expect(begun).toHaveBeenCalled(), { timeout: 10_000 });
    const asked = performance.now();
    controller.abort(new DOMException('enough', 'AbortError'));
    await expect(running).rejects.toThrow('enough');
    expect(performance.now() - asked).toBeLessThan(500);
    expect(await jobs.hashBlob(blobSource(new Blob(['a'])))).toBe(await digestOf('a'));
  });

  it('keeps nothing of a layer that was half taken in', async () => {
    const controller = new AbortController();
    const running = jobs.ingestLayer(
      blobSource(largeLayer(64)),
      { what: 'layer 1' },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(await all(store.content.list())).toEqual([]);
  });
});

describe('a worker that is killed while it stores', () => {
  it('leaves only what the next sweep takes', async () => {
    const scratch = await store.content.scratch();
    const source = blobSource(largeLayer(64));
    const begun = vi.fn();
    const running = jobs.ingestLayer(source, { what: 'layer 1' }, { onProgress: begun });
    const failed = expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await vi.waitFor(() => expect(begun).toHaveBeenCalled(), { timeout: 10_000 });
    pool.close();
    await failed;
    await scratch.release();
    await vi.waitFor(async () => {
      await store.collectGarbage();
      expect(await partCount()).toBe(0);
    });
  });
});

async function partCount(): Promise<number> {
  const { openDB } = await import('idb');
  const db = await openDB(name);
  const count = await db.count('parts');
  db.close();
  return count;
}
