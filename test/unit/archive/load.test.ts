import { describe, expect, test } from 'vitest';
import { loadArchive } from '../../../src/archive/load';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { listImages } from '../../../src/image/image-list';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { tarOf, type TarItem } from '../../support/tar-builder';
import {
  buildImage,
  docker110,
  docker25,
  docker29,
  gzip,
  kaniko,
  nix,
  ociLayout,
  skopeoDockerArchive,
  type BuiltImage,
} from '../../support/archive-builder';
import { all } from '../../support/blobs';
import { loadInto, openItems } from '../../support/load-environment';

async function load(store: Store, items: readonly TarItem[]) {
  return loadArchive(await openItems(items), loadInto(store));
}

const FORMATS: readonly (readonly [string, (images: readonly BuiltImage[]) => TarItem[]])[] = [
  ['docker save of 1.10 to 24', docker110],
  ['docker save of 25 to 28', docker25],
  [
    'docker save of 25.0.0, whose OCI manifests have no layers',
    (i) => docker25(i, { withoutLayers: true }),
  ],
  ['docker save of 29', ([image]) => docker29(image!)],
  ['an OCI layout', ociLayout],
  ['skopeo docker-archive', skopeoDockerArchive],
  ['kaniko and crane', kaniko],
  ['Nix', nix],
];

describe.each(FORMATS)('loading %s', (_, format) => {
  test('lists the image under its name and ID, with the size of its files', async () => {
    const store = await openMemoryStore();
    const image = buildImage({ tags: ['app:1'] });
    const result = await load(store, format([image]));
    const [listed, ...more] = await listImages(store, DEFAULT_PLATFORM);
    expect(more).toEqual([]);
    expect(listed).toMatchObject({
      imageId: image.imageId,
      names: ['docker.io/library/app:1'],
      repoDigests: [],
    });
    expect(listed?.shown.unpackedSize).toBe(18);
    expect(listed?.shown.layers.map(({ diffId }) => diffId)).toEqual(image.diffIds);
    expect(result.events).toEqual([{ kind: 'loaded', name: 'app:1' }]);
  });

  test('the image can be looked into before it is loaded', async () => {
    const image = buildImage({ tags: ['app:1'] });
    const archive = await openItems(format([image]));
    const platform = archive.images[0]?.platforms[0];
    expect(archive.problems).toEqual([]);
    expect(platform?.imageId).toBe(image.imageId);
    expect(await platform?.core.rawConfig()).toEqual(image.config);
    expect(platform?.layers.map(({ diffId }) => diffId)).toEqual(image.diffIds);
    expect(platform?.layers.every(({ copy }) => copy)).toBe(true);
  });

  test('everything stored is named by the image, so that nothing is garbage', async () => {
    const store = await openMemoryStore();
    await load(store, format([buildImage({ tags: ['app:1'] })]));
    expect(await store.collectGarbage()).toEqual({ blobs: [], bytes: 0 });
    expect((await all(store.content.list())).length).toBeGreaterThan(3);
  });
});

describe('an archive whose layers are all stored', () => {
  const image = buildImage({ tags: ['app:1'] });

  test.each<[string, (images: readonly BuiltImage[]) => TarItem[]]>([
    ['of docker save', docker110],
    ['in the OCI layout', ociLayout],
  ])('and is damaged is refused, %s', async (_, format) => {
    const store = await openMemoryStore();
    await load(store, format([image]));
    const before = await listImages(store, DEFAULT_PLATFORM);
    const other = { ...image, tags: ['other:1'] };
    const bytes = tarOf(format([other]));
    const at = indexOfBytes(bytes, format === docker110 ? image.layers[0] : gzip(image.layers[0]!));
    bytes[at + 40]! ^= 1;
    await expect(loadArchive(await openItems(bytes), loadInto(store))).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringMatching(/^layer 0 .* is damaged or not what it is said/) as string,
    });
    expect(await listImages(store, DEFAULT_PLATFORM)).toEqual(before);
  });

  test('stores no layer a second time', async () => {
    const store = await openMemoryStore();
    await load(store, docker110([image]));
    const refuse = (): Promise<never> => Promise.reject(new Error('a layer was stored again'));
    const options = { ...loadInto(store), ingestLayer: refuse };
    await loadArchive(await openItems(docker110([{ ...image, tags: ['other:1'] }])), options);
    const [listed] = await listImages(store, DEFAULT_PLATFORM);
    expect(listed?.names).toHaveLength(2);
  });
});

function indexOfBytes(bytes: Uint8Array, part: Uint8Array | undefined): number {
  return Buffer.from(bytes).indexOf(part ?? Buffer.alloc(0));
}
