import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobSource } from '../../../src/base/byte-source';
import { equalBytes } from '../../../src/base/bytes';
import type { Progress } from '../../../src/base/task';
import { encodeInPieces } from '../../../src/layer/encode-in-pieces';
import { openIdbStore } from '../../../src/store/idb/open-idb-store';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { createLayerWorker } from '../../../src/workers/create-layer-worker';
import { WorkerPool } from '../../../src/workers/pool';
import { memoryJobs, poolJobs, type PoolJobs } from '../../../src/workers/pool-jobs';
import { digestOf, readAll } from '../../support/blobs';
import { ENCODED_BYTES, ENCODED_DIGESTS, layerLikeBytes } from '../../support/encoded-layers';
import { databaseNames } from '../../support/idb-names';
import { tarOf } from '../../support/tar-builder';

const freshName = databaseNames();
const LAYER = layerLikeBytes(ENCODED_BYTES);

let store: Store;
let pool: WorkerPool;
let jobs: PoolJobs;

beforeEach(async () => {
  const name = freshName();
  store = await openIdbStore({ name });
  pool = new WorkerPool({ createWorker: () => createLayerWorker(name), concurrency: 2 });
  jobs = poolJobs(pool, store.content);
});
afterEach(() => {
  pool.close();
  store.close();
});

async function packed(): Promise<Blob> {
  const stream = new Blob([LAYER]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(stream).blob();
}

describe('a layer that a worker packs anew', () => {
  it.each(['gzip', 'zstd'] as const)('as %s is the same here as everywhere', async (encoding) => {
    const diffId = await digestOf(LAYER);
    const memory = await openMemoryStore();
    for (const each of [jobs, memoryJobs(pool, memory)]) {
      const request = { encoding, diffId, what: 'layer 1' };
      const encoded = await each.encodeLayer(blobSource(new Blob([LAYER])), request);
      expect(encoded.digest).toBe(ENCODED_DIGESTS[encoding]);
      const bytes = await readAll(encoded.source);
      expect(bytes.length).toBe(encoded.size);
      expect(await digestOf(bytes)).toBe(encoded.digest);
      await encoded.release();
    }
  });

  it('is packed in pieces by all workers, into what one makes of it', async () => {
    const plain = tarOf([{ path: 'data', content: LAYER }]);
    const source = blobSource(new Blob([plain]));
    for (const encoding of ['gzip', 'zstd'] as const) {
      const request = { encoding, diffId: await digestOf(plain), what: 'layer 1' };
      const whole = await jobs.encodeLayer(source, request);
      const onlyPieces = { ...jobs, encodeLayer: () => Promise.reject(new Error('one pass')) };
      const pieces = await encodeInPieces(store.content, onlyPieces)(source, request);
      expect(pieces.digest).toBe(whole.digest);
      expect(await digestOf(await readAll(pieces.source))).toBe(whole.digest);
      await Promise.all([whole, pieces].map((each) => each.release()));
    }
  });

  it('in pieces and is cancelled stops', async () => {
    const plain = tarOf([{ path: 'data', content: LAYER }]);
    const controller = new AbortController();
    const request = { encoding: 'gzip', diffId: await digestOf(plain), what: 'layer 1' } as const;
    const encoding = encodeInPieces(store.content, jobs)(blobSource(new Blob([plain])), request, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(encoding).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is unpacked, with progress in bytes of what is read', async () => {
    const seen: Progress[] = [];
    const blob = await packed();
    const encoded = await jobs.encodeLayer(
      blobSource(blob),
      { encoding: 'none', diffId: await digestOf(LAYER), what: 'layer 1' },
      { onProgress: (progress) => seen.push(progress) },
    );
    expect(equalBytes(await readAll(encoded.source), LAYER)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ phase: 'unpack', done: blob.size, total: blob.size });
    await encoded.release();
  });

  it('can be read out of a Blob that was taken before the release', async () => {
    const request = { encoding: 'none', diffId: await digestOf(LAYER), what: 'layer 1' } as const;
    const encoded = await jobs.encodeLayer(blobSource(await packed()), request);
    const archive = new Blob(['before', encoded.source.blob ?? 'no Blob', 'after']);
    await encoded.release();
    await store.collectGarbage();
    expect(archive.size).toBe(ENCODED_BYTES + 11);
    const bytes = new Uint8Array(await archive.slice(6, 6 + ENCODED_BYTES).arrayBuffer());
    expect(equalBytes(bytes, LAYER)).toBe(true);
  });

  it('and is another than it should be is refused', async () => {
    const request = { encoding: 'gzip', diffId: await digestOf('other'), what: 'layer 1' } as const;
    await expect(jobs.encodeLayer(blobSource(await packed()), request)).rejects.toMatchObject({
      code: 'diff-id-mismatch',
    });
  });

  it('and is cancelled stops', async () => {
    const controller = new AbortController();
    const request = { encoding: 'gzip', diffId: await digestOf(LAYER), what: 'layer 1' } as const;
    const encoding = jobs.encodeLayer(blobSource(new Blob([LAYER])), request, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(encoding).rejects.toMatchObject({ name: 'AbortError' });
  });
});
