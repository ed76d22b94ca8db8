import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Pulls } from '../../../src/app/registry/pulls.svelte';
import { Tasks } from '../../../src/app/tasks.svelte';
import type { WatchNetwork } from '../../../src/app/watch-network';
import { parseDigest } from '../../../src/oci/digest';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { parseReference } from '../../../src/oci/reference';
import { noteBegin } from '../../../src/registry/pull/unfinished-pulls';
import type { OnLimit, RegistriesParts } from '../../../src/registry/registries';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { startFaultProxy } from '../../servers/fault-proxy';
import { startLayoutRegistry } from '../../servers/layout-registry';
import { buildImage, LayoutBuilder, type BlobDescriptor } from '../../support/archive-builder';
import { loadInto } from '../../support/load-environment';
import { pullWith, registriesFor } from '../../support/registries';
import { noise } from '../../support/streams';
import type { Upstream } from '../../support/upstream';

let layout: LayoutBuilder;
let tagged: BlobDescriptor;
let server: Upstream;
let store: Store;

beforeEach(async () => {
  layout = new LayoutBuilder();
  store = await openMemoryStore();
  server = await startLayoutRegistry(layout, () => tagged);
});
afterEach(() => server.close());

/** The pulls of a tab whose workers are this thread. */
function pullsOfTab(
  told: Partial<Pick<RegistriesParts, 'onLimit' | 'fetch' | 'page'>> = {},
  watchNetwork: WatchNetwork = () => () => undefined,
): Pulls {
  const parts = loadInto(store);
  const pullLayer = pullWith(parts.ingestLayer);
  return new Pulls({
    tasks: new Tasks(Date.now),
    parts: () => Promise.resolve({ ...parts, registries: registriesFor(told), pullLayer }),
    jobs: { run: () => Promise.reject(new Error('nothing is looked into')) },
    onDone: () => Promise.resolve(),
    onFailed: () => undefined,
    watchNetwork,
  });
}

const reference = () => parseReference(`${server.host}/app:1`);

describe('the layers of a pull', () => {
  const [a, b] = [[{ path: 'a', content: 'a' }], [{ path: 'b', content: 'b' }]];

  it('are those of the image, one that it has twice in both its places', async () => {
    const image = buildImage({ layers: [a, b, a] });
    tagged = layout.image(image);
    const pull = pullsOfTab().start(reference(), DEFAULT_PLATFORM);
    await pull.run();
    expect(pull.outcome.kind).toBe('done');
    const rows = pull.rows.map(({ position, layer }) => [position, layer.digest, layer.state.kind]);
    const [first, second] = pull.layers.map(({ digest }) => digest);
    expect(rows).toEqual([
      [0, first, 'stored'],
      [1, second, 'stored'],
      [2, first, 'stored'],
    ]);
  });

  it('keep their places where the pull broke off', async () => {
    const image = buildImage({ layers: [a, b, a] });
    tagged = layout.image(image);
    const first = pullsOfTab().start(reference(), DEFAULT_PLATFORM);
    await first.run();
    const [, second] = first.layers;
    if (!second) throw new RangeError('there are two layers');
    const ingest = await store.content.begin({ key: second.digest });
    await ingest.write(new Uint8Array(1));
    await ingest.suspend();
    const note = await noteBegin(store, first, { layers: [second], now: Date.now });
    await note.brokenOff();
    const pulls = pullsOfTab();
    await pulls.findUnfinished();
    expect(pulls.all.flatMap(({ rows }) => rows.map(({ position }) => position))).toEqual([1]);
  });
});

it('an image that is on its way says what is here of it, and that it is verified in the end', async () => {
  tagged = layout.image(buildImage({ layers: [[{ path: 'a', content: noise(400_000, 1) }]] }));
  const line = await startFaultProxy(server.url, ({ path }) =>
    path.includes('/blobs/') ? { kind: 'throttle', bytesPerSecond: 400_000 } : undefined,
  );
  const pulls = pullsOfTab();
  const pull = pulls.start(parseReference(`${line.host}/app:1`), DEFAULT_PLATFORM);
  await expect.poll(() => pull.fetched.done).toBeGreaterThan(0);
  const imageId = pull.imageId ?? parseDigest(tagged.digest);
  const image = await pulls.openImage({ imageId });
  expect(image?.verification).toBe('arriving');
  expect(image?.layers[0]?.arrived).toBeLessThan(400_000);
  await pull.run();
  await expect.poll(() => image?.verification).toBe('verified');
  expect(image?.layers[0]?.arrived).toBeUndefined();
  await line.stop();
});

it('a layer that is refused for a moment says so, and its registry’s limit is told', async () => {
  tagged = layout.image(buildImage({ layers: [[{ path: 'a', content: 'a' }]] }));
  let blobs = 0;
  // The first is the configuration, which the page itself asks for.
  const line = await startFaultProxy(server.url, ({ path }) =>
    path.includes('/blobs/') && ++blobs === 2
      ? { kind: 'status', status: 429, headers: { 'Retry-After': '1' } }
      : undefined,
  );
  const told: unknown[] = [];
  const onLimit: OnLimit = (registry, { retryAfter }, isPassed) =>
    told.push([registry, retryAfter, isPassed]);
  const app = parseReference(`${line.host}/app:1`);
  const pull = pullsOfTab({ onLimit }).start(app, DEFAULT_PLATFORM);
  await expect.poll(() => pull.isRetrying).toBe(true);
  expect(pull.layers[0]?.state).toMatchObject({ kind: 'retrying', done: 0, status: 429 });
  await pull.run();
  expect(pull.outcome.kind).toBe('done');
  expect(pull.isRetrying).toBe(false);
  expect(told.slice(-2)).toEqual([
    [line.host, 1, true],
    [line.host, null, false],
  ]);
  await line.stop();
});

it('a registry that fails is told to be asked again, and that it has answered', async () => {
  tagged = layout.image(buildImage({ layers: [[{ path: 'a', content: 'a' }]] }));
  const line = await startFaultProxy(server.url, ({ path, earlier }) =>
    path.includes('/manifests/1') && earlier < 2 ? { kind: 'status', status: 500 } : undefined,
  );
  const told: unknown[] = [];
  const registries = registriesFor({
    onRetry: (registry, note) => told.push([registry, note?.status]),
  });
  await registries.open(line.host).resolve(parseReference(`${line.host}/app:1`));
  expect(told).toEqual([
    [line.host, 500],
    [line.host, 500],
    [line.host, undefined],
  ]);
  await line.stop();
});

it('goes on by itself once there is a network again, and no other failure does', async () => {
  tagged = layout.image(buildImage({ layers: [[{ path: 'a', content: 'a' }]] }));
  let isOnline = false;
  let asked = 0;
  const told = {
    fetch: (url: string, init: RequestInit) => {
      asked++;
      return isOnline ? fetch(url, init) : Promise.reject(new TypeError('Failed to fetch'));
    },
    page: { url: 'http://127.0.0.1:4173/', isOnline: () => isOnline },
  };
  let cameBack: () => void = () => undefined;
  const pulls = pullsOfTab(told, (listener) => {
    cameBack = () => listener(isOnline);
    return () => undefined;
  });
  const pull = pulls.start(parseReference('registry.example/app:1'), DEFAULT_PLATFORM);
  await pull.run();
  expect(pull.outcome).toMatchObject({ kind: 'failed', error: { code: 'offline' } });
  const here = pulls.start(reference(), DEFAULT_PLATFORM);
  await here.run();
  expect(here.outcome).toMatchObject({ kind: 'failed', error: { code: 'offline' } });
  cameBack();
  expect(here.outcome.kind).toBe('failed');
  isOnline = true;
  cameBack();
  await Promise.all([pull, here].map((each) => each.run()));
  expect(here.outcome.kind).toBe('done');
  expect(pull.outcome).toMatchObject({
    kind: 'failed',
    error: { code: 'registry-unreachable' },
  });
  const before = asked;
  cameBack();
  expect([here, pull].map(({ outcome }) => outcome.kind)).toEqual(['done', 'failed']);
  expect(asked).toBe(before);
});
