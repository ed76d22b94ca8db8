import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadArchive } from '../../../src/archive/load';
import { openArchive } from '../../../src/archive/open-archive';
import { saveImages, type SaveParts } from '../../../src/archive/write/save-images';
import { bytesSource } from '../../../src/base/byte-source';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { openIdbStore } from '../../../src/store/idb/open-idb-store';
import type { Store } from '../../../src/store/store';
import { createLayerWorker } from '../../../src/workers/create-layer-worker';
import { WorkerPool } from '../../../src/workers/pool';
import { poolJobs, type PoolJobs } from '../../../src/workers/pool-jobs';
import { all, digestOf, patternBytes } from '../../support/blobs';
import { databaseNames } from '../../support/idb-names';
import { allToSave } from '../../support/saved-archive';
import { tarOf } from '../../support/tar-builder';

const freshName = databaseNames();
const MiB = 1024 * 1024;

/** Two tabs are two connections to one store: what one holds, the other's garbage collection must see. */
let saving: Store;
let removing: Store;
let pool: WorkerPool;
let jobs: PoolJobs;

beforeEach(async () => {
  const name = freshName();
  [saving, removing] = await Promise.all([openIdbStore({ name }), openIdbStore({ name })]);
  pool = new WorkerPool({ createWorker: () => createLayerWorker(name), concurrency: 2 });
  jobs = poolJobs(pool, saving.content);
  await load(saving, await archiveBytes());
});
afterEach(() => {
  pool.close();
  saving.close();
  removing.close();
});

/** An image of two layers, as docker writes it. */
async function archiveBytes(): Promise<Uint8Array<ArrayBuffer>> {
  const layers = [1, 2].map((seed) =>
    tarOf([{ path: `file${seed}`, content: patternBytes(MiB, seed) }]),
  );
  const diffIds = await Promise.all(layers.map(digestOf));
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: diffIds },
  });
  const manifest = [{ Config: 'c.json', RepoTags: ['app:1'], Layers: ['0.tar', '1.tar'] }];
  return tarOf([
    ...layers.map((content, i) => ({ path: `${i}.tar`, content })),
    { path: 'c.json', content: config },
    { path: 'manifest.json', content: JSON.stringify(manifest) },
  ]);
}

async function load(store: Store, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const { unpackArchive } = jobs;
  const archive = await openArchive(bytesSource(bytes), { name: 'app.tar', unpackArchive });
  await loadArchive(archive, { ...jobs, store, now: Date.now });
}

async function removeAll(): Promise<number> {
  await removing.commit({
    deleteRefs: (await all(removing.refs.list())).map(({ name }) => name),
    deleteImages: (await all(removing.images.list())).map(({ target }) => target.digest),
  });
  return (await removing.collectGarbage()).blobs.length;
}

const parts = (): SaveParts => ({ ...jobs, store: saving, platform: DEFAULT_PLATFORM });

describe('an image that one tab saves and another removes', () => {
  it.each(['none', 'gzip'] as const)(
    'is saved whole, packed as %s, and then gone',
    async (encoding) => {
      const { encodeLayer, ...others } = parts();
      const images = await allToSave(saving);
      let collected = -1;
      const archive = await saveImages(
        images,
        {
          ...others,
          encodeLayer: async (...args) => {
            if (collected < 0) collected = await removeAll();
            return encodeLayer(...args);
          },
        },
        { encoding },
      );
      if (encoding === 'none') collected = await removeAll();
      expect(collected).toBe(0);
      await archive.release();
      expect((await removing.collectGarbage()).blobs.length).toBeGreaterThan(3);
      expect(await all(removing.content.list())).toEqual([]);

      // The archive outlives what it was composed of.
      await load(saving, new Uint8Array(await archive.blob.arrayBuffer()));
      const [root] = await all(saving.images.list());
      expect((await all(saving.refs.list())).map(({ name }) => name)).toEqual([
        'docker.io/library/app:1',
      ]);
      expect(root?.summary).toMatchObject({ platforms: [{ layers: [{}, {}] }] });
    },
  );

  it('before it is held is told in a sentence, and leaves a store without it', async () => {
    const images = await allToSave(saving);
    await removeAll();
    await expect(saveImages(images, parts())).rejects.toMatchObject({
      code: 'blob-missing',
      message: expect.stringMatching(
        /^The blob sha256:[0-9a-f]{64} is not stored here\.$/,
      ) as string,
    });
    await saving.collectGarbage();
    expect(await all(saving.content.list())).toEqual([]);
  });
});
