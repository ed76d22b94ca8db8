import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { loadArchive } from '../../../src/archive/load';
import { openArchive } from '../../../src/archive/open-archive';
import { saveImages } from '../../../src/archive/write/save-images';
import { bytesSource } from '../../../src/base/byte-source';
import { equalBytes } from '../../../src/base/bytes';
import type { Progress } from '../../../src/base/task';
import { digestHex } from '../../../src/oci/digest';
import { MediaType } from '../../../src/oci/media-types';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import {
  buildImage,
  digestOf,
  docker110,
  docker25,
  docker29,
  gzip,
  jsonBytes,
  kaniko,
  LayoutBuilder,
  ociLayout,
  type BlobDescriptor,
} from '../../support/archive-builder';
import { all } from '../../support/blobs';
import { loadInto, openItems, unpackArchive } from '../../support/load-environment';
import { allToSave, partsOf, saveFrom, type SavedFiles } from '../../support/saved-archive';
import type { TarItem } from '../../support/tar-builder';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };

async function storeOf(items: readonly TarItem[]): Promise<Store> {
  const store = await openMemoryStore();
  await loadArchive(await openItems(items), loadInto(store));
  return store;
}

async function storeOfSaved({ bytes }: SavedFiles): Promise<Store> {
  const store = await openMemoryStore();
  const archive = await openArchive(bytesSource(bytes), { name: 'saved.tar', unpackArchive });
  await loadArchive(archive, loadInto(store));
  return store;
}

/** All that a store says of its images, but for how the archive that they came from listed them. */
async function contentOf(store: Store): Promise<unknown> {
  const refs = await all(store.refs.list());
  const images = await all(store.images.list());
  const blobs = await all(store.content.list());
  return {
    refs: refs.map(({ name, target: { digest, size } }) => ({ name, digest, size })),
    images: images.map(({ target: { mediaType, digest, size }, ...image }) => ({
      ...image,
      target: { mediaType, digest, size },
    })),
    blobs: blobs.map(({ digest }) => digest).sort(),
  };
}

const web = buildImage({ tags: ['web:1', 'web:latest'] });
const arm = buildImage({ architecture: 'arm64', layers: [[{ path: 'arm', content: 'arm' }]] });
const odd = buildImage({
  tags: ['odd:1'],
  layers: [
    [{ path: new Uint8Array([0x61, 0xff, 0xfe]), content: 'x' }, { path: 'etc/.wh.old' }],
    [{ path: `${'long/'.repeat(60)}name`, content: 'y' }, { path: 'etc/.wh..wh..opq' }],
  ],
});

/** An index of two platforms with an attestation of the first, under one name. */
function twoPlatforms(): {
  readonly items: TarItem[];
  readonly index: BlobDescriptor;
  readonly manifests: readonly BlobDescriptor[];
  readonly attestation: BlobDescriptor;
} {
  const layout = new LayoutBuilder();
  const first = layout.image(web, { platform: AMD64 });
  const second = layout.image(arm, { platform: ARM64 });
  const attestation = layout.attestation(first);
  const index = layout.index([first, attestation, second]);
  const named = { 'io.containerd.image.name': 'docker.io/library/both:1' };
  const items = layout.items([{ ...index, annotations: named }]);
  return { items, index, manifests: [first, second], attestation };
}

describe('an archive that is saved', () => {
  test.each<[string, readonly TarItem[]]>([
    ['docker 1.10 to 24', docker110([web, buildImage({ layers: [[{ path: 'a' }]] })])],
    ['docker 25 to 28', docker25([web, odd])],
    ['docker 29', docker29(web, [arm])],
    ['an OCI layout', ociLayout([web])],
    ['kaniko', kaniko([web])],
    ['names that are no UTF-8, whiteouts', docker110([odd])],
    ['several platforms', twoPlatforms().items],
    ['no name', docker110([buildImage()])],
  ])('of %s is loaded as what it was, and saved again as the same bytes', async (_, items) => {
    const store = await storeOf(items);
    const saved = await saveFrom(store);
    const again = await storeOfSaved(saved);
    expect(await contentOf(again)).toEqual(await contentOf(store));
    expect(equalBytes((await saveFrom(again)).bytes, saved.bytes)).toBe(true);
    expect(saved.notes).toEqual([]);
  });

  test('has the files of an engine, by path', async () => {
    const saved = await saveFrom(await storeOf(docker25([web])));
    const blobs = saved.paths.filter((path) => path.startsWith('blobs/sha256/'));
    expect(saved.paths).toEqual(
      ['blobs/', ...blobs, 'index.json', 'manifest.json', 'oci-layout', 'repositories'].sort(),
    );
    expect(saved.text('oci-layout')).toBe('{"imageLayoutVersion":"1.0.0"}');
    for (const path of blobs.filter((each) => each !== 'blobs/sha256/')) {
      expect(`blobs/sha256/${digestHex(digestOf(saved.file(path)))}`).toBe(path);
    }
    const [bottom, top] = web.diffIds.map(digestHex);
    expect(saved.text('manifest.json')).toBe(
      `[{"Config":"blobs/sha256/${digestHex(web.imageId)}","RepoTags":["web:1","web:latest"],"Layers":["blobs/sha256/${bottom}","blobs/sha256/${top}"]}]\n`,
    );
    expect(saved.text('repositories')).toBe(`{"web":{"1":"${top}","latest":"${top}"}}\n`);
  });

  test('names an image in index.json by both annotations, one entry a name', async () => {
    const store = await storeOf(docker25([web]));
    const [root] = await all(store.images.list());
    const saved = await saveFrom(store);
    const { digest, size } = root!.target;
    const entry = (tag: string) => ({
      mediaType: MediaType.ociManifest,
      digest,
      size,
      annotations: {
        'io.containerd.image.name': `docker.io/library/web:${tag}`,
        'org.opencontainers.image.ref.name': tag,
      },
      platform: { architecture: 'amd64', os: 'linux' },
    });
    expect(saved.json('index.json')).toEqual({
      schemaVersion: 2,
      mediaType: MediaType.ociIndex,
      manifests: [entry('1'), entry('latest')],
    });
  });

  test('has an entry for an image without a name, and no repositories', async () => {
    const saved = await saveFrom(await storeOf(docker25([buildImage()])));
    expect(saved.json('index.json')).toMatchObject({
      manifests: [{ size: expect.any(Number) as number }],
    });
    expect(saved.text('index.json')).not.toContain('annotations');
    expect(saved.json('manifest.json')).toMatchObject([{ RepoTags: null }]);
    expect(saved.paths).not.toContain('repositories');
  });

  test('holds a layer that images share once', async () => {
    const [first, second] = [
      buildImage({ tags: ['a:1'] }),
      buildImage({ tags: ['b:1'], config: { x: 1 } }),
    ];
    const saved = await saveFrom(await storeOf(docker110([first, second])));
    const layers = saved.paths.filter((path) => path.endsWith(digestHex(first.diffIds[0]!)));
    expect(layers).toHaveLength(1);
    expect(saved.json('manifest.json')).toHaveLength(2);
  });

  test('of several platforms lists in manifest.json the one that is shown, and leads to all', async () => {
    const { items, index, attestation } = twoPlatforms();
    const saved = await saveFrom(await storeOf(items));
    expect(saved.json('index.json')).toMatchObject({ manifests: [{ digest: index.digest }] });
    expect(saved.json('manifest.json')).toMatchObject([
      { Config: `blobs/sha256/${digestHex(web.imageId)}`, RepoTags: ['both:1'] },
    ]);
    for (const digest of [web.imageId, arm.imageId, attestation.digest, index.digest]) {
      expect(saved.paths).toContain(`blobs/sha256/${digestHex(digest)}`);
    }
  });

  test('as an OCI layout has nothing beside it', async () => {
    const saved = await saveFrom(await storeOf(docker110([web])), { type: 'oci' });
    expect(saved.paths.filter((path) => !path.startsWith('blobs/'))).toEqual([
      'index.json',
      'oci-layout',
    ]);
  });
});

describe('platforms that are chosen', () => {
  test('one alone is its manifest, without the index and what hangs on it', async () => {
    const { items, manifests, index, attestation } = twoPlatforms();
    const store = await storeOf(items);
    const [image] = await allToSave(store);
    const chosen = [{ ...image!, manifests: [manifests[1]!.digest] }];
    const saved = await saveFrom(store, {}, chosen);
    expect(saved.json('index.json')).toMatchObject({
      manifests: [{ digest: manifests[1]!.digest, platform: ARM64 }],
    });
    for (const digest of [index.digest, attestation.digest, web.imageId]) {
      expect(saved.paths).not.toContain(`blobs/sha256/${digestHex(digest)}`);
    }
  });

  test('several keep their index, which names what is not there', async () => {
    const layout = new LayoutBuilder();
    const riscv = buildImage({ architecture: 'riscv64', layers: [[{ path: 'r', content: 'r' }]] });
    const manifests = [
      layout.image(web, { platform: AMD64 }),
      layout.image(arm, { platform: ARM64 }),
      layout.image(riscv, { platform: { os: 'linux', architecture: 'riscv64' } }),
    ];
    const store = await storeOf(layout.items([layout.index(manifests)]));
    const [image] = await allToSave(store);
    const chosen = [{ ...image!, manifests: manifests.slice(0, 2).map(({ digest }) => digest) }];
    const saved = await saveFrom(store, {}, chosen);
    const again = await storeOfSaved(saved);
    const [root] = await all(again.images.list());
    expect(root!.target.digest).toBe(image!.root.target.digest);
    expect(root!.summary).toMatchObject({
      platforms: [{ imageId: web.imageId }, { imageId: arm.imageId }],
      absent: [{ manifest: manifests[2]!.digest }],
    });
  });
});

describe('layers that are packed anew', () => {
  test.each(['gzip', 'zstd'] as const)(
    'as %s get a new manifest, and keep the configuration',
    async (encoding) => {
      const store = await storeOf(docker110([web]));
      const saved = await saveFrom(store, { encoding });
      const again = await storeOfSaved(saved);
      const [root] = await all(again.images.list());
      expect(root!.summary).toMatchObject({
        platforms: [
          {
            imageId: web.imageId,
            layers: web.diffIds.map((diffId) => ({ diffId, compression: encoding })),
          },
        ],
      });
      const digest = root!.target.digest;
      expect(saved.notes).toEqual([
        { kind: 'new-digest', image: 'web:1', digest },
        ...(encoding === 'zstd' ? [{ kind: 'zstd-layers', image: 'web:1' }] : []),
      ]);
      expect((await saveFrom(again, { encoding })).bytes).toEqual(saved.bytes);
    },
  );

  test('as nothing are unpacked', async () => {
    const saved = await saveFrom(await storeOf(ociLayout([web])), { encoding: 'none' });
    for (const [i, diffId] of web.diffIds.entries()) {
      expect(saved.file(`blobs/sha256/${digestHex(diffId)}`)).toEqual(web.layers[i]);
    }
    expect(saved.notes).toMatchObject([{ kind: 'new-digest' }]);
  });

  test('that are packed so already keep their bytes, and the manifest its digest', async () => {
    const store = await storeOf(ociLayout([web]));
    const saved = await saveFrom(store, { encoding: 'gzip' });
    expect(saved.notes).toEqual([]);
    expect(saved.bytes).toEqual((await saveFrom(store)).bytes);
    const packed = gzip(web.layers[0]!);
    expect(saved.file(`blobs/sha256/${digestHex(digestOf(packed))}`)).toEqual(packed);
  });

  test('change every index above them; what attests the old manifest stays away', async () => {
    const { items, attestation, manifests } = twoPlatforms();
    const saved = await saveFrom(await storeOf(items), { encoding: 'none' });
    expect(saved.notes.map(({ kind }) => kind)).toEqual(['new-digest', 'no-attestations']);
    expect(saved.paths).not.toContain(`blobs/sha256/${digestHex(attestation.digest)}`);
    const again = await storeOfSaved(saved);
    const [root] = await all(again.images.list());
    expect(root!.summary).toMatchObject({
      platforms: [{ imageId: web.imageId }, { imageId: arm.imageId }],
      absent: [],
    });
    const index = saved.text(`blobs/sha256/${digestHex(root!.target.digest)}`);
    for (const { digest } of manifests) expect(index).not.toContain(digest);
    expect(JSON.parse(index)).toMatchObject({
      manifests: [{ platform: AMD64 }, { platform: ARM64 }],
    });
  });

  test('make an OCI manifest of one of docker, without annotations of bytes that were', async () => {
    const layout = new LayoutBuilder();
    const layer = layout.blob(gzip(web.layers[0]!), { mediaType: MediaType.dockerLayerGzip });
    const toc = { 'containerd.io/snapshot/stargz/toc.digest': 'sha256:x' };
    const config = jsonBytes({ ...AMD64, rootfs: { type: 'layers', diff_ids: [web.diffIds[0]!] } });
    const manifest = layout.manifest(
      {
        mediaType: MediaType.dockerManifest,
        config: layout.blob(config, { mediaType: MediaType.dockerConfig }),
        layers: [{ ...layer, annotations: toc }],
        annotations: { kept: 'yes' },
      },
      { mediaType: MediaType.dockerManifest },
    );
    const saved = await saveFrom(await storeOf(layout.items([manifest])), { encoding: 'none' });
    const [{ digest }] = (saved.json('index.json') as { manifests: [{ digest: string }] })
      .manifests;
    expect(saved.json(`blobs/${digest.replace(':', '/')}`)).toEqual({
      schemaVersion: 2,
      mediaType: MediaType.ociManifest,
      config: { mediaType: MediaType.ociConfig, digest: digestOf(config), size: config.length },
      layers: [
        { mediaType: MediaType.ociLayer, digest: web.diffIds[0], size: web.layers[0]!.length },
      ],
      annotations: { kept: 'yes' },
    });
  });

  test('report progress in stored bytes of all of them', async () => {
    const seen: Progress[] = [];
    await saveFrom(await storeOf(docker110([web])), {
      encoding: 'gzip',
      onProgress: (progress) => seen.push(progress),
    });
    const total = web.layers.reduce((sum, { length }) => sum + length, 0);
    expect(seen.at(-1)).toEqual({
      phase: 'compress',
      done: total,
      total,
      unit: 'bytes',
      subject: '2/2',
    });
  });
});

describe('a legacy archive', () => {
  test('has plain layers, each once, under the IDs that an engine gives them', async () => {
    const twin = buildImage({
      tags: ['twin:1'],
      layers: [
        [
          { path: 'etc/', mode: 0o755 },
          { path: 'etc/os-release', content: 'ID=test\n' },
        ],
      ],
    });
    const store = await storeOf(ociLayout([web, twin]));
    const saved = await saveFrom(store, { type: 'legacy' });
    const repositories = saved.json('repositories') as Record<string, Record<string, string>>;
    const top = repositories['web']!['1']!;
    const { parent } = saved.json(`${top}/json`) as { parent: string };
    expect(saved.file(`${top}/layer.tar`)).toEqual(web.layers[1]);
    expect(saved.text(`${top}/VERSION`)).toBe('1.0');
    expect(saved.paths.filter((path) => path.endsWith('/layer.tar'))).toHaveLength(3);
    const other = repositories['twin']!['1']!;
    const files = [saved.file(`${parent}/layer.tar`), saved.file(`${other}/layer.tar`)];
    expect(files.map(({ length }) => length).sort((a, b) => a - b)).toEqual([
      0,
      web.layers[0]!.length,
    ]);
    expect(saved.notes.map(({ kind }) => kind)).toEqual(['new-id', 'new-id']);
    const again = await storeOfSaved(saved);
    expect(await all(again.images.list())).toHaveLength(2);
  });

  test('cannot hold an image without layers', async () => {
    const store = await storeOf(docker110([buildImage({ layers: [], tags: ['void:1'] })]));
    await expect(saveFrom(store, { type: 'legacy' })).rejects.toMatchObject({
      code: 'bad-manifest',
      message: expect.stringMatching(/^void:1 has no layers/) as string,
    });
  });
});

describe('while images are saved', () => {
  test('another tab that removes them takes nothing away', async () => {
    const store = await storeOf(docker110([web]));
    const images = await allToSave(store);
    const { encodeLayer, ...parts } = partsOf(store);
    const removing = saveImages(
      images,
      {
        ...parts,
        encodeLayer: async (...args) => {
          await store.commit({
            deleteRefs: ['docker.io/library/web:1', 'docker.io/library/web:latest'],
            deleteImages: images.map(({ root }) => root.target.digest),
          });
          expect((await store.collectGarbage()).blobs).toEqual([]);
          return encodeLayer(...args);
        },
      },
      { encoding: 'gzip' },
    ).catch((error: unknown) => error);
    // The second layer's removal finds no image any more, which is that tab's affair.
    const archive = await removing;
    if (archive instanceof Error) throw archive;
    await (archive as Awaited<ReturnType<typeof saveImages>>).release();
    expect((await store.collectGarbage()).blobs.length).toBeGreaterThan(0);
    expect(await all(store.content.list())).toEqual([]);
  });

  test('the archive can be read after the release', async () => {
    const store = await storeOf(docker110([web]));
    const archive = await saveImages(await allToSave(store), partsOf(store), { encoding: 'gzip' });
    await archive.release();
    await archive.release();
    const bytes = new Uint8Array(await archive.blob.arrayBuffer());
    const again = await openMemoryStore();
    const opened = await openArchive(bytesSource(bytes), { name: 'saved.tar', unpackArchive });
    await loadArchive(opened, loadInto(again));
    expect(await all(again.images.list())).toHaveLength(1);
  });

  test('a cancel stops them', async () => {
    const store = await storeOf(docker110([web]));
    const controller = new AbortController();
    const saving = saveFrom(store, {
      encoding: 'gzip',
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(saving).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('an image that is not whole', () => {
  test.each(['missing', 'corrupt'] as const)('with a %s blob is not saved', async (reason) => {
    const store = await storeOf(docker110([web]));
    const images = await allToSave(store);
    const digest = web.diffIds[0]!;
    await store.setProblems([{ digest, reason, detail: '' }]);
    await expect(saveFrom(store)).rejects.toMatchObject({
      code: reason === 'missing' ? 'blob-missing' : 'digest-mismatch',
      message: expect.stringContaining(digest) as string,
    });
    await store.commit({
      deleteRefs: (await all(store.refs.list())).map(({ name }) => name),
      deleteImages: images.map(({ root }) => root.target.digest),
    });
    // Nothing is held any more.
    await store.collectGarbage();
    expect(await all(store.content.list())).toEqual([]);
  });

  test('whose layer is another than it should be is not packed anew', async () => {
    const store = await storeOf(docker110([web]));
    const digest = web.diffIds[1]!;
    await store.content.delete(digest);
    const ingest = await store.content.begin();
    const other = new Uint8Array(web.layers[1]!.length);
    await ingest.write(other);
    await ingest.commit({ digest, size: other.length });
    await expect(saveFrom(store, { encoding: 'gzip' })).rejects.toMatchObject({
      code: 'diff-id-mismatch',
      detail: { found: digestOf(other), expected: digest },
    });
  });
});

test('gzip in an archive is what gzip unpacks', async () => {
  const saved = await saveFrom(await storeOf(docker110([web])), { encoding: 'gzip' });
  const [{ Layers }] = saved.json('manifest.json') as [{ Layers: readonly string[] }];
  expect(Layers.map((path) => digestOf(gunzipSync(saved.file(path))))).toEqual(web.diffIds);
});
