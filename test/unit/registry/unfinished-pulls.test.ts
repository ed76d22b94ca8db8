import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Digest } from '../../../src/codec/hash/sha256';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { parseReference } from '../../../src/oci/reference';
import {
  discardPull,
  forgetPull,
  noteBegin,
  unfinishedPulls,
  type WantedLayer,
} from '../../../src/registry/pull/unfinished-pulls';
import { RESUMABLE_MS } from '../../../src/store/content-store';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';

const keyOf = (name: string) => ({
  reference: parseReference(`registry.test/${name}`),
  platform: DEFAULT_PLATFORM,
});
const APP = keyOf('app:1');
const OTHER = keyOf('other:1');

let store: Store;
let time = 0;
const now = (): number => time;
const layer = async (name: string, size = 10, positions = [0]): Promise<WantedLayer> => ({
  digest: await sha256Digest(new TextEncoder().encode(name)),
  size,
  positions,
});

beforeEach(async () => {
  store = await openMemoryStore();
  time = 1;
});

/** What an attempt leaves of a layer. */
async function writePart({ digest }: WantedLayer, bytes: number): Promise<void> {
  const ingest = await store.content.begin({ key: digest });
  await ingest.write(new Uint8Array(bytes));
  await ingest.suspend();
}

async function breakOff(key: typeof APP, layers: readonly WantedLayer[]): Promise<void> {
  const note = await noteBegin(store, key, { layers, now });
  await note.brokenOff();
}

const listed = async (): Promise<unknown> =>
  (await unfinishedPulls(store, now)).map(({ reference, layers }) => [
    reference.repository,
    layers.map(({ written }) => written),
  ]);

describe('unfinished pulls', () => {
  it('are those that broke off, with what is here of each layer, the latest first', async () => {
    const [a, b] = [await layer('a'), await layer('b')];
    await writePart(a, 4);
    await breakOff(APP, [a, b]);
    time = 2;
    await breakOff(OTHER, [a]);
    expect(await listed()).toEqual([
      ['other', [4]],
      ['app', [4, 0]],
    ]);
    expect((await unfinishedPulls(store, now))[0]).toMatchObject(OTHER);
  });

  it('are none once they are done, or where nothing has come', async () => {
    const a = await layer('a');
    await breakOff(APP, [a]);
    expect(await listed()).toEqual([]);
    await writePart(a, 4);
    const note = await noteBegin(store, APP, { layers: [a], now });
    await note.done();
    expect(await listed()).toEqual([]);
  });

  it('are forgotten with the bytes, after a week', async () => {
    const a = await layer('a');
    await writePart(a, 4);
    await breakOff(APP, [a]);
    time += RESUMABLE_MS + 1;
    expect(await listed()).toEqual([]);
    expect(await store.settings.names('registry.pulls.')).toEqual([]);
  });

  it('can be taken off the list, and their bytes stay', async () => {
    const a = await layer('a');
    await writePart(a, 4);
    await breakOff(APP, [a]);
    await forgetPull(store, APP);
    expect(await listed()).toEqual([]);
    expect(await store.content.written(a.digest)).toBe(4);
  });

  it('can be discarded, but for what another goes on with', async () => {
    const [a, b] = [await layer('a'), await layer('b')];
    await writePart(a, 4);
    await writePart(b, 5);
    await breakOff(APP, [a, b]);
    await breakOff(OTHER, [b]);
    await discardPull(store, APP);
    expect(await listed()).toEqual([['other', [5]]]);
    expect(await store.content.written(a.digest)).toBe(0);
    await discardPull(store, OTHER);
    expect(await store.content.written(b.digest)).toBe(0);
  });

  it('do not break on what somebody else has written', async () => {
    const names = ['a b', 'c'].map((name) => `registry.pulls.${name}`);
    await store.settings.set(names[0] ?? '', { reference: 'UPPER', platform: 'x', layers: [{}] });
    await store.settings.set(names[1] ?? '', 'text');
    expect(await listed()).toEqual([]);
    expect(await store.settings.names('registry.pulls.')).toEqual([]);
  });
});
