import { describe, expect, test } from 'vitest';
import { isCoded } from '../../../src/base/errors';
import { loadArchive } from '../../../src/archive/load';
import { listImages } from '../../../src/image/image-list';
import { digestHex } from '../../../src/oci/digest';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import {
  buildImage,
  docker110,
  docker19,
  docker25,
  docker29,
  jsonBytes,
  ociLayout,
  v1Id,
  type BuiltImage,
} from '../../support/archive-builder';
import { all } from '../../support/blobs';
import { loadInto, openItems } from '../../support/load-environment';
import { tarOf, type TarItem } from '../../support/tar-builder';

const IMAGE = buildImage({ tags: ['app:1'] });
const BEFORE = buildImage({ tags: ['before:1'], layers: [[{ path: 'before', content: 'x' }]] });

const FORMATS: readonly (readonly [string, readonly TarItem[]])[] = [
  ['docker save of 1.10', docker110([IMAGE])],
  ['docker save of 25', docker25([IMAGE])],
  ['docker save of 29', docker29(IMAGE, [buildImage({ architecture: 'arm64' })])],
  ['an OCI layout', ociLayout([IMAGE])],
  [
    'docker save of 1.9',
    docker19([{ id: v1Id('a'), content: IMAGE.layers[0]! }], { app: { 1: v1Id('a') } }),
  ],
];

/** A store with one image. */
async function storeBefore(): Promise<Store> {
  const store = await openMemoryStore();
  await loadArchive(await openItems(docker110([BEFORE])), loadInto(store));
  return store;
}

/** All that a store says of itself. */
async function contentsOf(store: Store) {
  return {
    images: await all(store.images.list()),
    refs: await all(store.refs.list()),
    blobs: (await all(store.content.list())).map(({ digest }) => digest).sort(),
    indexes: (await all(store.indexes.list())).sort(),
  };
}

/** What a load of these bytes is refused with; undefined where it went through. The store is then as it was. */
async function refusal(
  store: Store,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ code: string; message: string } | undefined> {
  const before = await contentsOf(store);
  try {
    await loadArchive(await openItems(bytes), loadInto(store));
    return undefined;
  } catch (error) {
    if (!isCoded(error)) throw error;
    expect(await contentsOf(store)).toEqual(before);
    return error;
  }
}

/** One line for a person, of an error with a name for it. */
function expectSentence(error: { code: string; message: string } | undefined): void {
  expect(error?.code).toMatch(/^[a-z1-9-]+$/);
  expect(error?.message).toMatch(/^\S.*\.$/);
  expect(error?.message).not.toMatch(/undefined|\[object/);
}

describe.each(FORMATS)('%s', (_, items) => {
  const whole = tarOf(items);

  test('cut anywhere is refused, or has lost nothing that the image needs', async () => {
    const [loaded] = (await openItems(whole)).images;
    const ids = loaded?.platforms.map(({ imageId }) => imageId);
    const store = await storeBefore();
    let refused = 0;
    for (let cut = 1; cut < whole.length; cut += cut % 512 === 0 ? 255 : 257) {
      const bytes = whole.slice(0, cut);
      const error = await refusal(store, bytes);
      if (error) {
        refused++;
        expectSentence(error);
      } else {
        const [image] = (await openItems(bytes)).images;
        expect(image?.platforms.map(({ imageId }) => imageId)).toEqual(ids);
      }
    }
    expect(refused).toBeGreaterThan(whole.length / 512);
  });

  test('with any byte flipped is refused, or not noticed by anybody', async () => {
    const store = await storeBefore();
    for (let at = 7; at < whole.length; at += 241) {
      const broken = whole.slice();
      broken[at] = (broken[at] ?? 0) ^ 0x21;
      const error = await refusal(store, broken);
      if (error) expectSentence(error);
    }
  });
});

/** The archive with one byte of one entry's content changed. */
function withFlipped(items: readonly TarItem[], path: string, at: number): TarItem[] {
  return items.map((item) => {
    if (item.path !== path) return item;
    const content = new Uint8Array(item.content as Uint8Array);
    content[at] = (content[at] ?? 0) ^ 1;
    return { ...item, content };
  });
}

describe('a flipped byte', () => {
  test('in a layer is told by the layer', async () => {
    const items = docker110([IMAGE]);
    const path = String(items.find(({ path }) => String(path).endsWith('layer.tar'))!.path);
    const error = await refusal(await storeBefore(), tarOf(withFlipped(items, path, 600)));
    expect(error?.code).toBe('digest-mismatch');
    expect(error?.message).toMatch(`layer 0 (${path}) in app.tar`);
  });

  test('in a configuration is told by its name and offset', async () => {
    const items = docker110([IMAGE]);
    const path = `${digestHex(IMAGE.imageId)}.json`;
    const at = new TextDecoder().decode(IMAGE.config).indexOf('app/run');
    const error = await refusal(await storeBefore(), tarOf(withFlipped(items, path, at)));
    expect(error?.message).toMatch(
      new RegExp(
        `^${path} in app\\.tar \\(offset \\d+\\) has the digest sha256:\\w+, not ${IMAGE.imageId}\\.$`,
      ),
    );
  });

  test('in manifest.json that breaks its JSON is told so', async () => {
    const items = withFlipped(docker110([IMAGE]), 'manifest.json', 0);
    const error = await refusal(await storeBefore(), tarOf(items));
    expect(error?.message).toBe('manifest.json in app.tar is not valid JSON: byte 0 is wrong.');
  });
});

/** docker save's archive with another manifest.json, as text. */
function withManifestJson(content: string): Uint8Array<ArrayBuffer> {
  const items = docker110([IMAGE]).map((item) =>
    item.path === 'manifest.json' ? { ...item, content } : item,
  );
  return tarOf(items);
}

describe('manifest.json', () => {
  const item = { Config: 'c', RepoTags: null, Layers: [] };

  test.each([
    ['not JSON', '[{', 'manifest.json in app.tar is not valid JSON: it breaks off at byte 2.'],
    [
      'nested deep',
      '['.repeat(100_000),
      'manifest.json in app.tar nests deeper than the 128 levels allowed.',
    ],
    [
      'a number where an object is due',
      '[1]',
      'image 0 of manifest.json in app.tar is not a JSON object.',
    ],
    [
      'without a configuration',
      '[{"Layers":[]}]',
      'image 0 of manifest.json in app.tar is not usable: Config is missing.',
    ],
    [
      'with a configuration that is a number',
      '[{"Config":1}]',
      'image 0 of manifest.json in app.tar is not usable: Config is not a string.',
    ],
    [
      'with layers that are no list',
      JSON.stringify([{ ...item, Config: `${digestHex(IMAGE.imageId)}.json`, Layers: {} }]),
      'image 0 of manifest.json in app.tar is not usable: Layers is not an array.',
    ],
    ['naming what is not there', JSON.stringify([item]), 'c is not in app.tar.'],
    [
      'leading out of the archive',
      JSON.stringify([{ ...item, Config: '../../etc/passwd' }]),
      '"../../etc/passwd" in app.tar leads out of the archive.',
    ],
    [
      'too large',
      `["${'x'.repeat(4_200_000)}"]`,
      'manifest.json in app.tar is 4200004 bytes, more than the 4194304 bytes allowed.',
    ],
  ])('%s is refused', async (_, content, message) => {
    const error = await refusal(await storeBefore(), withManifestJson(content));
    expect(error?.message).toBe(message);
  });
});

describe('a descriptor', () => {
  test.each([
    ['a negative size', { size: -1 }],
    ['a size past 2^53', { size: 1e300 }],
    ['a size that is text', { size: '7' }],
    ['no size', { size: undefined }],
    ['a digest that is none', { digest: 'sha256:zz' }],
    ['a digest that leads out', { digest: 'sha256:../../../etc/passwd' }],
    ['annotations that are a list', { annotations: [] }],
  ])('with %s is refused', async (_, members) => {
    const descriptor = { mediaType: '', digest: IMAGE.imageId, size: 1, ...members };
    const items = ociLayout([IMAGE]).map((item) =>
      item.path === 'index.json'
        ? { ...item, content: jsonBytes({ schemaVersion: 2, manifests: [descriptor] }) }
        : item,
    );
    expectSentence(await refusal(await storeBefore(), tarOf(items)));
  });

  test("with a size that is not the blob's is refused", async () => {
    const items = ociLayout([IMAGE]);
    const index = JSON.parse(new TextDecoder().decode(items.at(-1)!.content as Uint8Array)) as {
      manifests: { size: number }[];
    };
    index.manifests[0]!.size = Number.MAX_SAFE_INTEGER;
    const broken = [...items.slice(0, -1), { path: 'index.json', content: jsonBytes(index) }];
    const error = await refusal(await storeBefore(), tarOf(broken));
    expect(error?.code).toBe('size-mismatch');
  });
});

describe('names in the archive', () => {
  test.each(['../evil', '/etc/passwd', 'a/../../evil'])('with %s are refused', async (path) => {
    const items = [...docker110([IMAGE]), { path, content: 'x' }];
    const error = await refusal(await storeBefore(), tarOf(items));
    expect(error?.code).toBe('unsafe-path');
    expect(error?.message).toMatch(`app.tar names an entry "${path}" (offset `);
  });

  test('linked in a circle are refused', async () => {
    const items = docker110([IMAGE]);
    const path = String(items.find(({ path }) => String(path).endsWith('layer.tar'))!.path);
    const circle = items.map((item) =>
      item.path === path ? { path, linkname: 'layer.tar' } : item,
    );
    const error = await refusal(await storeBefore(), tarOf(circle));
    expect(error?.message).toMatch(/leads through more than 32 links, or in a circle\.$/);
  });
});

describe('20,000 tags', () => {
  const tags = Array.from({ length: 20_000 }, (_, i) => `app:${i}`);
  const image: BuiltImage = { ...IMAGE, tags };

  test.each([
    ['manifest.json', docker110([image])],
    ['manifest.json beside an index.json past its limit', docker25([image])],
  ])('of one image in %s are all there', async (_, items) => {
    const store = await openMemoryStore();
    const { events } = await loadArchive(await openItems(items), loadInto(store));
    expect(events).toHaveLength(20_000);
    const [listed] = await listImages(store, DEFAULT_PLATFORM);
    expect(listed?.names).toHaveLength(20_000);
  });

  test('in an index.json alone are refused, past its limit', async () => {
    const error = await refusal(await storeBefore(), tarOf(ociLayout([image])));
    expect(error?.message).toMatch(
      /^index\.json in app\.tar is \d+ bytes, more than the 4194304 bytes allowed\.$/,
    );
  });
});
