import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { collect } from '../../../src/base/byte-source';
import { LIMITS } from '../../../src/base/limits';
import { loadArchive } from '../../../src/archive/load';
import { listImages, summaryOf } from '../../../src/image/image-list';
import { MediaType } from '../../../src/oci/media-types';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import {
  buildImage,
  digestOf,
  jsonBytes,
  LayoutBuilder,
  ociLayout,
  type BlobDescriptor,
} from '../../support/archive-builder';
import { loadInto, openItems } from '../../support/load-environment';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };

function named(descriptor: BlobDescriptor, annotations: Record<string, string>): BlobDescriptor {
  return { ...descriptor, annotations };
}

async function namesOf(annotations: Record<string, string>): Promise<readonly string[]> {
  const layout = new LayoutBuilder();
  const archive = await openItems(layout.items([named(layout.image(buildImage()), annotations)]));
  return archive.images[0]!.names;
}

describe('the name of an image', () => {
  const CONTAINERD = 'io.containerd.image.name';
  const REF_NAME = 'org.opencontainers.image.ref.name';

  test.each([
    [
      'containerd writes in full',
      { [CONTAINERD]: 'ghcr.io/a/b:1', [REF_NAME]: '1' },
      'ghcr.io/a/b:1',
    ],
    ['stands in ref.name in full', { [REF_NAME]: 'ghcr.io/a/b:1' }, 'ghcr.io/a/b:1'],
    [
      'stands in ref.name with its tag',
      { [REF_NAME]: 'alpine:3.19' },
      'docker.io/library/alpine:3.19',
    ],
    ['stands in ref.name without a tag', { [REF_NAME]: 'a/b' }, 'docker.io/a/b:latest'],
    [
      "is in ref.name where containerd's is none",
      { [CONTAINERD]: 'A B', [REF_NAME]: 'a:1' },
      'docker.io/library/a:1',
    ],
  ])('that %s', async (_, annotations, name) => {
    expect(await namesOf(annotations as Record<string, string>)).toEqual([name]);
  });

  test.each([
    ['a tag alone', { [REF_NAME]: 'latest' }],
    ['free text', { [REF_NAME]: 'the one: and only' }],
    ['a digest', { [REF_NAME]: `a@sha256:${'0'.repeat(64)}` }],
    ['nothing', {}],
  ])('is not made of %s', async (_, annotations) => {
    expect(await namesOf(annotations as Record<string, string>)).toEqual([]);
  });

  test('that is one of several repeats the descriptor', async () => {
    const archive = await openItems(ociLayout([buildImage({ tags: ['a:1', 'a:2'] })]));
    expect(archive.images.map(({ names }) => names)).toEqual([
      ['docker.io/library/a:1', 'docker.io/library/a:2'],
    ]);
  });

  test("that two images have is the last one's", async () => {
    const layout = new LayoutBuilder();
    const [one, two] = [buildImage(), buildImage({ layers: [[]] })].map((image) =>
      named(layout.image(image), { [CONTAINERD]: 'docker.io/library/a:1' }),
    );
    const archive = await openItems(layout.items([one!, two!]));
    expect(archive.images.map(({ names }) => names)).toEqual([[], ['docker.io/library/a:1']]);
  });
});

describe('platforms', () => {
  test('of an index inside index.json are one image', async () => {
    const layout = new LayoutBuilder();
    const index = layout.index([
      layout.image(buildImage(), { platform: AMD64 }),
      layout.image(buildImage({ architecture: 'arm64' }), { platform: ARM64 }),
    ]);
    const archive = await openItems(layout.items([index]));
    expect(archive.images).toHaveLength(1);
    expect(archive.images[0]?.platforms.map(({ platform }) => platform.architecture)).toEqual([
      'amd64',
      'arm64',
    ]);
  });

  test('written into index.json under one name are one image, which index.json stands for', async () => {
    const layout = new LayoutBuilder();
    const name = { 'org.opencontainers.image.ref.name': 'v1' };
    const items = layout.items([
      named(layout.image(buildImage(), { platform: AMD64 }), name),
      named(layout.image(buildImage({ architecture: 'arm64' }), { platform: ARM64 }), name),
    ]);
    const store = await openMemoryStore();
    const { images } = await loadArchive(await openItems(items), loadInto(store));
    const index = items.find(({ path }) => path === 'index.json')!.content as Uint8Array;
    expect(images.map(({ target }) => target.digest)).toEqual([digestOf(index)]);
    expect(images[0]?.summary.platforms).toHaveLength(2);
  });

  test('without a name are images of their own, in the order of index.json', async () => {
    const layout = new LayoutBuilder();
    const descriptors = [
      layout.image(buildImage(), { platform: AMD64 }),
      named(layout.image(buildImage({ layers: [[]] })), { 'io.containerd.image.name': 'a.b/c:1' }),
      layout.image(buildImage({ architecture: 'arm64' }), { platform: ARM64 }),
    ];
    const { images } = await openItems(layout.items(descriptors));
    const manifests = images.map(({ platforms }) =>
      platforms.map(({ core }) => core.descriptor.digest),
    );
    expect(manifests).toEqual(descriptors.map(({ digest }) => [digest]));
  });

  test('that share a name beside other images get an index of their own, the same each time', async () => {
    const layout = new LayoutBuilder();
    const platforms = [
      layout.image(buildImage(), { platform: AMD64 }),
      layout.image(buildImage({ architecture: 'arm64' }), { platform: ARM64 }),
    ].map((descriptor) => named(descriptor, { 'io.containerd.image.name': 'ghcr.io/a/b:1' }));
    const items = layout.items([...platforms, layout.image(buildImage({ layers: [[]] }))]);
    const load = async () => loadArchive(await openItems(items), loadInto(await openMemoryStore()));
    const [first, again] = [await load(), await load()];
    expect(first.images.map(({ summary }) => summary.platforms.length)).toEqual([2, 1]);
    expect(first.images[0]?.target).toEqual(again.images[0]?.target);
    expect(first.images[0]?.names).toEqual(['ghcr.io/a/b:1']);
  });

  test('of images with different tags and no name are images of their own', async () => {
    const layout = new LayoutBuilder();
    const refName = (name: string) => ({ 'org.opencontainers.image.ref.name': name });
    const archive = await openItems(
      layout.items([
        named(layout.image(buildImage(), { platform: AMD64 }), refName('v1')),
        named(
          layout.image(buildImage({ architecture: 'arm64' }), { platform: ARM64 }),
          refName('v2'),
        ),
      ]),
    );
    expect(archive.images).toHaveLength(2);
  });

  test('that are the same twice, as gzip and as zstd, are both there', async () => {
    const layout = new LayoutBuilder();
    const image = buildImage();
    const index = layout.index([
      layout.image(image, { platform: AMD64 }),
      layout.image(image, {
        platform: AMD64,
        plain: true,
        annotations: { 'io.github.containers.compression.zstd': 'true' },
      }),
    ]);
    const archive = await openItems(layout.items([index]));
    expect(archive.images[0]?.platforms.map(({ imageId }) => imageId)).toEqual([
      image.imageId,
      image.imageId,
    ]);
    const store = await openMemoryStore();
    await loadArchive(archive, loadInto(store));
    const listed = await listImages(store, DEFAULT_PLATFORM);
    expect(listed.map(({ imageId }) => imageId)).toEqual([image.imageId]);
    const platforms = listed[0]?.roots.flatMap((root) => summaryOf(root).platforms);
    expect(platforms?.map(({ layers }) => layers[0]?.compression)).toEqual(['gzip', 'none']);
  });

  test('take the variant from the index where the configuration leaves it out', async () => {
    const layout = new LayoutBuilder();
    const image = layout.image(buildImage({ architecture: 'arm' }), {
      platform: { os: 'linux', architecture: 'arm', variant: 'v6' },
    });
    const archive = await openItems(layout.items([layout.index([image])]));
    expect(archive.images[0]?.platforms[0]?.platform.variant).toBe('v6');
  });

  test('whose blobs are absent are no error', async () => {
    const layout = new LayoutBuilder();
    const here = layout.image(buildImage(), { platform: AMD64 });
    const away = layout.image(buildImage({ architecture: 'arm64' }), { platform: ARM64 });
    const index = layout.index([here, away]);
    layout.drop(away.digest);
    const store = await openMemoryStore();
    await loadArchive(await openItems(layout.items([index])), loadInto(store));
    const [listed] = await listImages(store, DEFAULT_PLATFORM);
    expect(listed?.roots[0]?.summary).toMatchObject({
      platforms: [{ platform: AMD64 }],
      absent: [{ manifest: away.digest, platform: ARM64 }],
    });
  });

  test('of which only the manifest is here are absent', async () => {
    const layout = new LayoutBuilder();
    const away = buildImage({ architecture: 'arm64', layers: [[{ path: 'arm', content: 'x' }]] });
    const elsewhere = new LayoutBuilder();
    const config = elsewhere.blob(away.config, { mediaType: MediaType.ociConfig });
    const layer = elsewhere.blob(away.layers[0]!, { mediaType: MediaType.ociLayer });
    const index = layout.index([
      layout.image(buildImage(), { platform: AMD64 }),
      layout.manifest({ config, layers: [layer] }, { platform: ARM64 }),
    ]);
    const archive = await openItems(layout.items([index]));
    expect(archive.problems).toEqual([]);
    expect(archive.images[0]?.absent).toMatchObject([{ platform: ARM64 }]);
  });

  test('of which none is here make an error that names what is missing', async () => {
    const layout = new LayoutBuilder();
    const away = layout.image(buildImage(), { platform: AMD64 });
    const index = layout.index([away]);
    layout.drop(away.digest);
    await expect(openItems(layout.items([index]))).rejects.toThrow(
      `The manifest ${away.digest} is not in app.tar.`,
    );
  });
});

describe('a layer of a manifest', () => {
  test('that is missing while others are here is an error, and the image can be looked into', async () => {
    const layout = new LayoutBuilder();
    const image = buildImage();
    const descriptor = layout.image(image, { plain: true });
    layout.drop(image.diffIds[1]!);
    const archive = await openItems(layout.items([descriptor]));
    expect(archive.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(`names layer 1, ${image.diffIds[1]}, which is not in the archive.`),
    ]);
    expect(archive.images[0]?.platforms[0]?.layers.map(({ copy }) => !copy)).toEqual([false, true]);
  });

  test('that a vendor distributes is called foreign when it is missing', async () => {
    const layout = new LayoutBuilder();
    const image = buildImage();
    const config = layout.blob(image.config, { mediaType: MediaType.ociConfig });
    const own = layout.blob(image.layers[0]!, { mediaType: MediaType.ociLayer });
    const foreign = {
      mediaType: MediaType.dockerForeignLayer,
      digest: image.diffIds[1]!,
      size: 1,
      urls: ['https://example.com/layer'],
    };
    const archive = await openItems(
      layout.items([layout.manifest({ config, layers: [own, foreign] })]),
    );
    expect(archive.problems[0]?.message).toMatch('a foreign layer, which its vendor distributes');
  });

  test('that a vendor distributes are like any other when they are here, and keep their addresses', async () => {
    const layout = new LayoutBuilder();
    const image = buildImage({ tags: ['app:1'] });
    const [base = new Uint8Array(), top = new Uint8Array()] = image.layers;
    const manifest = layout.manifest({
      config: layout.blob(image.config, { mediaType: MediaType.ociConfig }),
      layers: [
        {
          ...layout.blob(Uint8Array.from(gzipSync(base)), {
            mediaType: MediaType.dockerForeignLayer,
          }),
          urls: ['https://example.com/layer'],
        },
        layout.blob(top, { mediaType: MediaType.ociLayer }),
      ],
    });
    const store = await openMemoryStore();
    await loadArchive(await openItems(layout.items([manifest])), loadInto(store));
    const [listed] = await listImages(store, DEFAULT_PLATFORM);
    const layers = listed?.shown.layers;
    expect(layers?.map(({ diffId }) => diffId)).toEqual(image.diffIds);
    const stored = await collect((await store.content.open(manifest.digest)).open());
    expect(new TextDecoder().decode(stored)).toContain('"urls":["https://example.com/layer"]');
  });

  test('must be as many as the configuration has diff IDs', async () => {
    const layout = new LayoutBuilder();
    const config = layout.blob(buildImage().config, { mediaType: MediaType.ociConfig });
    await expect(
      openItems(layout.items([layout.manifest({ config, layers: [] })])),
    ).rejects.toThrow('names 0 layers for a configuration with 2 diff IDs.');
  });
});

describe('indexes', () => {
  test('may lie in each other', async () => {
    const layout = new LayoutBuilder();
    const image = layout.image(buildImage(), { platform: AMD64 });
    const archive = await openItems(layout.items([layout.index([layout.index([image])])]));
    expect(archive.images[0]?.platforms).toHaveLength(1);
  });

  test('may not lie deeper in each other than the limit', async () => {
    const nested = (depth: number) => {
      const layout = new LayoutBuilder();
      let descriptor = layout.image(buildImage());
      for (let i = 0; i < depth; i++) descriptor = layout.index([descriptor]);
      return layout.items([descriptor]);
    };
    expect((await openItems(nested(LIMITS.indexDepth))).images).toHaveLength(1);
    await expect(openItems(nested(LIMITS.indexDepth + 1))).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  test('that repeat an entry many times are read once', async () => {
    const layout = new LayoutBuilder();
    let descriptor = layout.image(buildImage());
    for (let i = 0; i < LIMITS.indexDepth; i++) {
      descriptor = layout.index(Array.from({ length: 500 }, () => descriptor));
    }
    const archive = await openItems(layout.items([descriptor]));
    expect(archive.images[0]?.platforms).toHaveLength(1);
  });

  test('that lead back to themselves, under a digest that is not theirs, end', async () => {
    const layout = new LayoutBuilder();
    const circle = { mediaType: MediaType.ociIndex, digest: digestOf(jsonBytes('x')), size: 3 };
    const items = layout.items([layout.image(buildImage()), circle]);
    items.push({
      path: `blobs/sha256/${circle.digest.slice(7)}`,
      content: jsonBytes({ schemaVersion: 2, manifests: [circle] }),
    });
    const archive = await openItems(items);
    expect(archive.problems[0]).toMatchObject({ code: 'digest-mismatch' });
  });

  test("may hold docker's and OCI's media types side by side, or none at all", async () => {
    const layout = new LayoutBuilder();
    const image = buildImage();
    const plain = layout.image(image, { mediaType: '' });
    const docker = layout.manifest(
      {
        mediaType: MediaType.dockerManifest,
        config: layout.blob(image.config, { mediaType: MediaType.dockerConfig }),
        layers: image.layers.map((l) => layout.blob(l, { mediaType: MediaType.dockerLayer })),
      },
      { mediaType: MediaType.dockerManifest },
    );
    const index = layout.index([plain, docker], { mediaType: MediaType.dockerIndex });
    const archive = await openItems(layout.items([index]));
    expect(archive.images[0]?.platforms).toHaveLength(2);
  });

  test('may hold blobs of types that nobody knows', async () => {
    const layout = new LayoutBuilder();
    const strange = layout.blob(jsonBytes('?'), { mediaType: 'application/x-strange' });
    const index = layout.index([strange, layout.image(buildImage())]);
    const archive = await openItems(layout.items([index]));
    expect(archive.problems).toEqual([]);
    expect(archive.images[0]?.attachments.map(({ digest }) => digest)).toEqual([strange.digest]);
  });
});

describe('attestations', () => {
  test('are kept with their blobs, and are no platform', async () => {
    const layout = new LayoutBuilder();
    const image = layout.image(buildImage(), { platform: AMD64 });
    const index = layout.index([image, layout.attestation(image)]);
    const store = await openMemoryStore();
    await loadArchive(await openItems(layout.items([index])), loadInto(store));
    const [listed] = await listImages(store, DEFAULT_PLATFORM);
    expect(listed?.roots[0]?.blobs).toHaveLength(1 + 2 + 2 + 3);
    expect(listed?.roots[0]?.summary).toMatchObject({
      platforms: [{ platform: AMD64 }],
      absent: [],
    });
  });

  test('in index.json itself go with the image that they attest', async () => {
    const layout = new LayoutBuilder();
    const image = layout.image(buildImage(), { platform: AMD64 });
    const archive = await openItems(layout.items([image, layout.attestation(image)]));
    expect(archive.images).toHaveLength(1);
    expect(archive.images[0]?.attachments).toHaveLength(3);
  });

  test('of which something is missing do no harm', async () => {
    const layout = new LayoutBuilder();
    const image = layout.image(buildImage(), { platform: AMD64 });
    const attestation = layout.attestation(image);
    const index = layout.index([image, attestation]);
    layout.drop(attestation.digest);
    const archive = await openItems(layout.items([index]));
    expect(archive.problems).toEqual([]);
    expect(archive.images[0]?.absent).toEqual([]);
  });

  test('with bytes that are not those of their digest are refused', async () => {
    const layout = new LayoutBuilder();
    const image = layout.image(buildImage(), { platform: AMD64 });
    const items = layout.items([layout.index([image, layout.attestation(image)])]);
    const statement = digestOf(jsonBytes({ predicateType: 'https://slsa.dev/provenance/v1' }));
    const broken = items.map((item) =>
      item.path === `blobs/sha256/${statement.slice(7)}` ? { ...item, content: 'x' } : item,
    );
    const store = await openMemoryStore();
    await expect(loadArchive(await openItems(broken), loadInto(store))).rejects.toThrow(
      `blobs/sha256/${statement.slice(7)} in app.tar has the digest`,
    );
  });
});

describe('what is no image', () => {
  test.each([
    ['a Helm chart', 'application/vnd.cncf.helm.config.v1+json'],
    ['a signature', 'application/vnd.dev.cosign.artifact.sig.v1+json'],
    ['a WebAssembly module', 'application/vnd.wasm.config.v0+json'],
    ['an artifact', 'application/vnd.acme.thing'],
  ])('%s is refused by name', async (words, mediaType) => {
    const layout = new LayoutBuilder();
    const config = layout.blob(jsonBytes({}), { mediaType });
    const layer = layout.blob(jsonBytes('x'), { mediaType: 'application/octet-stream' });
    await expect(
      openItems(layout.items([layout.manifest({ config, layers: [layer] })])),
    ).rejects.toThrow(`app.tar holds ${words} (${mediaType}), not a container image.`);
  });

  test('an artifact with an empty configuration goes by its type', async () => {
    const layout = new LayoutBuilder();
    const config = layout.blob(jsonBytes({}), { mediaType: MediaType.ociEmpty });
    const manifest = layout.manifest({
      artifactType: 'application/spdx+json',
      config,
      layers: [layout.blob(jsonBytes('x'), { mediaType: 'application/spdx+json' })],
    });
    await expect(openItems(layout.items([manifest]))).rejects.toThrow(
      'app.tar holds a bill of materials (SBOM) (application/spdx+json), not a container image.',
    );
  });

  test('the withdrawn artifact manifest is an artifact', async () => {
    const layout = new LayoutBuilder();
    const manifest = layout.blob(jsonBytes({ mediaType: MediaType.ociArtifact }), {
      mediaType: MediaType.ociArtifact,
    });
    await expect(openItems(layout.items([manifest]))).rejects.toMatchObject({ code: 'artifact' });
  });

  test('a schema 1 manifest is explained', async () => {
    const layout = new LayoutBuilder();
    const manifest = layout.blob(jsonBytes({ schemaVersion: 1, fsLayers: [] }), {
      mediaType: MediaType.dockerSchema1Signed,
    });
    await expect(openItems(layout.items([manifest]))).rejects.toMatchObject({ code: 'schema1' });
  });

  test('an artifact beside an image is passed over', async () => {
    const layout = new LayoutBuilder();
    const config = layout.blob(jsonBytes({}), { mediaType: MediaType.ociEmpty });
    const signature = layout.manifest({
      artifactType: 'application/x-signature',
      config,
      layers: [],
    });
    const archive = await openItems(layout.items([layout.image(buildImage()), signature]));
    expect(archive.images).toHaveLength(1);
    expect(archive.problems).toEqual([]);
  });

  test.each([null, []])('an index.json that names %j holds no image', async (manifests) => {
    await expect(openItems(new LayoutBuilder().items(manifests))).rejects.toThrow(
      'app.tar holds no image: its index.json names none.',
    );
  });
});

test('a manifest whose size is not the one told is refused', async () => {
  const layout = new LayoutBuilder();
  const descriptor = layout.image(buildImage());
  const archive = await openItems(layout.items([{ ...descriptor, size: descriptor.size + 1 }]));
  expect(archive.problems[0]).toMatchObject({ code: 'size-mismatch' });
});
