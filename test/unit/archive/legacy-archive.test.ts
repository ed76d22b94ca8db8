import { describe, expect, test } from 'vitest';
import { loadArchive, type LoadResult } from '../../../src/archive/load';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { docker19, v1Id, type V1Layer } from '../../support/archive-builder';
import { loadInto, openItems } from '../../support/load-environment';
import { tarOf, type TarItem } from '../../support/tar-builder';

const BASE = v1Id('a');
const MIDDLE = v1Id('b');
const TOP = v1Id('c');

const CONFIG = {
  created: '2015-10-31T22:22:54.690851950Z',
  container: 'x1',
  container_config: {
    Hostname: 'h',
    Cmd: ['/bin/sh', '-c', '#(nop) ADD file:x in / & <b>'],
    Env: null,
    Labels: null,
    ExposedPorts: { '80/tcp': {}, '22/tcp': {} },
    Memory: 0,
  },
  docker_version: '1.8.2',
  config: {
    Hostname: 'h',
    Cmd: null,
    Env: ['A=b <c>'],
    Volumes: { '/v': {} },
    Entrypoint: '/x',
    OnBuild: [],
    Labels: { z: '1', a: '2' },
  },
  architecture: 'amd64',
  os: 'linux',
  Size: 12345,
};

/** An image of docker 1.8.2, which an engine rewrites; one of 1.9.1, which it passes through; one of no version. */
const CHAIN: readonly V1Layer[] = [
  { id: BASE, json: CONFIG, content: tarOf([{ path: 'etc/a', content: 'aaa' }]) },
  {
    id: MIDDLE,
    parent: BASE,
    json: {
      ...CONFIG,
      docker_version: '1.9.1',
      created: '2015-10-31T22:22:55.100000000Z',
      author: 'me <me@x>',
      comment: 'c\b "q"',
      weird: { z: 1, a: [1, 2e3, 'é\u2028'] },
      throwaway: true,
    },
    content: tarOf([{ path: 'etc/b', content: 'bbbb' }]),
  },
  {
    id: TOP,
    parent: MIDDLE,
    json: { created: '2015-10-31T22:22:56Z', config: null },
    content: tarOf(['etc/.wh.a']),
  },
];

/** What engine 20.10.24 lists after `docker load` of the same archives. */
const ENGINE_IDS = {
  base: 'sha256:23453e927ad0d7dca387696222719dfc979630f15b20ef0aa33e88cac0aff018',
  middle: 'sha256:7cdbf1ac6297430e8128331dd2372821a00cac7c706e87c3abc4a1d55b20234c',
  top: 'sha256:710e054c26ee91f0d21280e6f8745d89918bb52ede8cfbd33a4d59186a50d403',
  asWritten: 'sha256:edc712377a43cc3de5708f7788f2e1d3e91524100356305ab588f6da70dceb7e',
};

const AS_WRITTEN = `{ "id": "${BASE}", "n": [1.0, 1e3, 12345678901234567890],
  "ports": {"9": 1, "10": {"b": "\\u00e9 <&> \\b", "a": []}}, "n2": -0, "n": [ 2.50 ],
  "docker_version": "1.9.1", "created": "2015-10-31T22:22:56.5+02:00" }`;

async function load(items: readonly TarItem[]): Promise<LoadResult> {
  return loadArchive(await openItems(items), loadInto(await openMemoryStore()));
}

function idsOf({ images }: LoadResult): unknown[] {
  return images.map(({ names, summary }) => [
    summary.platforms[0]?.imageId,
    summary.platforms[0]?.parent,
    names,
  ]);
}

describe('docker save of 1.9 and older', () => {
  test('is loaded under the IDs, names and parents that an engine gives', async () => {
    const items = docker19(CHAIN, { 'old/app': { one: BASE, two: MIDDLE, latest: TOP } });
    const result = await load(items);
    expect(idsOf(result)).toEqual([
      [ENGINE_IDS.base, undefined, ['docker.io/old/app:one']],
      [ENGINE_IDS.middle, ENGINE_IDS.base, ['docker.io/old/app:two']],
      [ENGINE_IDS.top, ENGINE_IDS.middle, ['docker.io/old/app:latest']],
    ]);
    expect(result.events).toEqual([]);
  });

  test('keeps what it does not know as it was written', async () => {
    const items = docker19([{ id: BASE, json: AS_WRITTEN, content: tarOf(['a']) }], {
      a: { b: BASE },
    });
    expect(idsOf(await load(items))).toEqual([
      [ENGINE_IDS.asWritten, undefined, ['docker.io/library/a:b']],
    ]);
  });

  test('has images without a tag where nothing is built on them', async () => {
    const result = await load(docker19(CHAIN, {}));
    expect(idsOf(result)).toEqual([[ENGINE_IDS.top, ENGINE_IDS.middle, []]]);
  });

  test('tells which name moves', async () => {
    const store = await openMemoryStore();
    const loadAs = async (id: string) =>
      loadArchive(await openItems(docker19(CHAIN, { a: { b: id } })), loadInto(store));
    await loadAs(BASE);
    expect((await loadAs(MIDDLE)).events).toEqual([
      { kind: 'moved', name: 'a:b', previous: ENGINE_IDS.base },
    ]);
  });

  test('is refused without a parent, a layer or an image that is named', async () => {
    const [, middle] = CHAIN;
    await expect(load(docker19([middle!], {}))).rejects.toThrow(
      `${BASE}/json, the parent of another layer, is not in app.tar.`,
    );
    const layerless = docker19(CHAIN, {}).filter(({ path }) => path !== `${BASE}/layer.tar`);
    await expect(load(layerless)).rejects.toThrow(`layer 0 (${BASE}/layer.tar) is not in app.tar.`);
    await expect(load(docker19(CHAIN, { a: { b: 'gone' } }))).rejects.toThrow(
      'gone/json, which repositories has for a:b, is not in app.tar.',
    );
  });

  test('is refused for a name that is none, which is told with its file and image', async () => {
    await expect(load(docker19(CHAIN, { 'A B': { c: BASE } }))).rejects.toThrow(
      /^image [0-9a-f…]+ of repositories in app\.tar is called "A B:c", which is no name of an image\.$/,
    );
  });

  test('is refused where an image is its own ancestor', async () => {
    const circle = [
      { id: BASE, parent: MIDDLE, content: tarOf([]) },
      { id: MIDDLE, parent: BASE, content: tarOf([]) },
    ];
    await expect(load(docker19(circle, { a: { b: BASE } }))).rejects.toThrow(
      `${BASE}/json in app.tar is its own ancestor.`,
    );
  });

  test('is refused past the layers that an image may have', async () => {
    const chain = Array.from({ length: 1001 }, (_, i) => ({
      id: `${i}`,
      ...(i > 0 ? { parent: `${i - 1}` } : {}),
      content: tarOf([]),
    }));
    await expect(load(docker19(chain, { a: { b: '1000' } }))).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });
});
