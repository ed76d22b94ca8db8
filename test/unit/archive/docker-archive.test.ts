import { describe, expect, test } from 'vitest';
import { MediaType } from '../../../src/oci/media-types';
import { parseManifest } from '../../../src/oci/manifest';
import { digestHex } from '../../../src/oci/digest';
import { canonicalReference } from '../../../src/oci/reference';
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
  type JsonMembers,
} from '../../support/archive-builder';
import type { TarItem } from '../../support/tar-builder';
import { openItems } from '../../support/load-environment';

/** The same archive with manifest.json changed. */
function withManifest(
  items: readonly TarItem[],
  change: (images: JsonMembers[]) => unknown,
): TarItem[] {
  return items.map((item) => {
    if (item.path !== 'manifest.json') return item;
    const images = JSON.parse(
      new TextDecoder().decode(item.content as Uint8Array),
    ) as JsonMembers[];
    return { ...item, content: JSON.stringify(change(images)) };
  });
}

async function problemsOf(items: readonly TarItem[]): Promise<string[]> {
  return (await openItems(items)).problems.map(({ message }) => message);
}

describe('manifest.json', () => {
  test('names several images, and several tags of one', async () => {
    const images = [
      buildImage({ tags: ['a:1', 'b:2'] }),
      buildImage({ layers: [[]], tags: ['c:3'] }),
    ];
    const archive = await openItems(docker110(images));
    expect(archive.images.map(({ names }) => names)).toEqual([
      ['docker.io/library/a:1', 'docker.io/library/b:2'],
      ['docker.io/library/c:3'],
    ]);
  });

  test('counts wherever it lies in the archive', async () => {
    const items = docker110([buildImage({ tags: ['a:1'] })]);
    expect((await openItems(items.toReversed())).images).toHaveLength(1);
  });

  test('may name an image without tags, with null or an empty list', async () => {
    const items = docker110([buildImage()]);
    expect((await openItems(items)).images[0]?.references).toEqual([]);
    const empty = withManifest(items, ([image]) => [{ ...image, RepoTags: [] }]);
    expect((await openItems(empty)).images[0]?.references).toEqual([]);
  });

  test('may give a name in full, as crane does', async () => {
    const items = kaniko([buildImage({ tags: ['index.docker.io/library/a:1'] })]);
    expect((await openItems(items)).images[0]?.names).toEqual(['docker.io/library/a:1']);
  });

  test('has an image without any layer', async () => {
    const archive = await openItems(docker110([buildImage({ layers: [] })]));
    expect(archive.problems).toEqual([]);
    expect(archive.images[0]?.platforms[0]?.layers).toEqual([]);
  });

  test.each(['Upper:1', 'a b:1', ':1', ''])('is refused for the name "%s"', async (name) => {
    const items = withManifest(docker110([buildImage()]), ([i]) => [{ ...i, RepoTags: [name] }]);
    await expect(openItems(items)).rejects.toThrow(
      `image 0 of manifest.json in app.tar is called "${name}", which is no name of an image.`,
    );
  });

  test('is refused for a name without a tag, as by an engine', async () => {
    const items = withManifest(docker110([buildImage()]), ([i]) => [{ ...i, RepoTags: ['a'] }]);
    await expect(openItems(items)).rejects.toThrow(
      'image 0 of manifest.json in app.tar is called "a", which has no tag.',
    );
  });

  test('is refused where it names more or fewer layers than the configuration', async () => {
    const items = withManifest(docker110([buildImage()]), ([i]) => [{ ...i, Layers: ['a'] }]);
    await expect(openItems(items)).rejects.toThrow(
      'manifest.json in app.tar names 1 layers for a configuration with 2 diff IDs.',
    );
  });

  test('is refused past the layers that an image may have', async () => {
    const diffIds = Array.from({ length: 1001 }, () => `sha256:${'0'.repeat(64)}`);
    const image = buildImage({
      layers: [],
      config: { rootfs: { type: 'layers', diff_ids: diffIds } },
    });
    const items = withManifest(docker110([image]), ([i]) => [{ ...i, Layers: diffIds }]);
    await expect(openItems(items)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  test('naming one configuration again and again is refused before that takes long', async () => {
    const image = buildImage({ layers: [], config: { padding: 'x'.repeat(8_000_000) } });
    const items = withManifest(docker110([image]), ([i]) => Array.from({ length: 5000 }, () => i));
    const archive = await openItems(items);
    expect(archive.problems[0]).toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('a configuration', () => {
  test.each([
    ['<hex>.json', (hex: string) => `${hex}.json`],
    ['sha256:<hex>', (hex: string) => `sha256:${hex}`],
    ['blobs/sha256/<hex>', (hex: string) => `blobs/sha256/${hex}`],
  ])('called %s must have that digest', async (_, nameOf) => {
    const image = buildImage();
    const wrong = nameOf('0'.repeat(64));
    const items = withManifest(docker110([image]), ([i]) => [{ ...i, Config: wrong }]);
    const [problem] = await problemsOf([...items, { path: wrong, content: image.config }]);
    expect(problem).toMatch(`${wrong} in app.tar`);
    expect(problem).toMatch(`has the digest ${image.imageId}, not sha256:${'0'.repeat(64)}.`);
  });

  test('called anything else may have any digest', async () => {
    const image = buildImage();
    const items = withManifest(docker110([image]), ([i]) => [{ ...i, Config: 'config.json' }]);
    const archive = await openItems([...items, { path: 'config.json', content: image.config }]);
    expect(archive.problems).toEqual([]);
    expect(archive.images[0]?.platforms[0]?.imageId).toBe(image.imageId);
  });

  test('that is missing or unreadable leaves the other images to be looked into', async () => {
    const good = buildImage({ tags: ['good:1'] });
    const bad = buildImage({ tags: ['bad:1'], layers: [] });
    const items = docker110([bad, good]).filter(
      ({ path }) => path !== `${digestHex(bad.imageId)}.json`,
    );
    const archive = await openItems(items);
    expect(archive.images.map(({ names }) => names)).toEqual([['docker.io/library/good:1']]);
    expect(archive.problems.map(({ message }) => message)).toEqual([
      `${digestHex(bad.imageId)}.json is not in app.tar.`,
    ]);
  });
});

describe('the manifest that is made', () => {
  test('names configuration and layers by their digests, and is the same each time', async () => {
    const image = buildImage();
    const first = (await openItems(docker110([image]))).images[0]?.platforms[0]?.core;
    const again = (await openItems(docker110([image]))).images[0]?.platforms[0]?.core;
    expect(first?.descriptor).toEqual(again?.descriptor);
    const bytes = await first!.rawManifest();
    expect(digestOf(bytes)).toBe(first?.descriptor.digest);
    const manifest = parseManifest(bytes);
    expect(manifest.config.digest).toBe(image.imageId);
    expect(manifest.layers).toEqual(
      image.layers.map((layer, i) => ({
        mediaType: MediaType.ociLayer,
        digest: image.diffIds[i],
        size: layer.length,
      })),
    );
  });

  test('leads to the bytes of every layer, also of compressed ones not read yet', async () => {
    const image = buildImage();
    const core = (await openItems(kaniko([image]))).images[0]!.platforms[0]!.core;
    const { layers, config } = parseManifest(await core.rawManifest());
    expect(layers.map(({ mediaType }) => mediaType)).toEqual([
      MediaType.ociLayerGzip,
      MediaType.ociLayerGzip,
    ]);
    expect((await core.blob(layers[0]!)).size).toBe(gzip(image.layers[0]!).length);
    expect((await core.blob(config)).size).toBe(image.config.length);
  });
});

describe('a layer', () => {
  test('that two images share is one layer to copy', async () => {
    const base = [{ path: 'base', content: 'x' }];
    const images = [
      buildImage({ layers: [base], tags: ['a:1'] }),
      buildImage({ layers: [base, [{ path: 'more' }]], tags: ['b:1'] }),
    ];
    const archive = await openItems(docker110(images));
    expect(new Set(archive.images.flatMap(({ layers }) => layers)).size).toBe(2);
  });

  test('that is missing is told by its number, and the others can be looked into', async () => {
    const items = docker110([buildImage()]);
    const path = String(items.findLast(({ path }) => String(path).endsWith('layer.tar'))!.path);
    const archive = await openItems(items.filter((item) => item.path !== path));
    expect(archive.problems.map(({ message }) => message)).toEqual([
      `layer 1 (${path}) is not in app.tar.`,
    ]);
    expect(archive.images[0]?.platforms[0]?.layers.map(({ copy }) => copy !== undefined)).toEqual([
      true,
      false,
    ]);
  });
});

describe('an archive that is an OCI layout too', () => {
  test('keeps its own manifest where that is whole', async () => {
    const items = docker25([buildImage({ tags: ['a:1'] })]);
    const { descriptor } = (await openItems(items)).images[0]!.platforms[0]!.core;
    expect(items.map(({ path }) => path)).toContain(`blobs/sha256/${digestHex(descriptor.digest)}`);
  });

  test('gets one made where its own has no layers', async () => {
    const items = docker25([buildImage({ tags: ['a:1'] })], { withoutLayers: true });
    const archive = await openItems(items);
    expect(archive.problems).toEqual([]);
    const { descriptor } = archive.images[0]!.platforms[0]!.core;
    expect(items.map(({ path }) => path)).not.toContain(
      `blobs/sha256/${digestHex(descriptor.digest)}`,
    );
  });

  test.each([
    ['null', null],
    ['an empty list', []],
  ])('is read by manifest.json where index.json names %s', async (_, manifests) => {
    const image = buildImage({ tags: ['a:1'] });
    const items = docker25([image]).map((item) =>
      item.path === 'index.json' ? { ...item, content: jsonBytes({ manifests }) } : item,
    );
    const archive = await openItems(items);
    expect(archive.images[0]?.platforms[0]?.imageId).toBe(image.imageId);
    expect(archive.problems).toEqual([]);
  });

  test('has the images and names of manifest.json alone, as for an engine', async () => {
    const image = buildImage({ tags: ['listed:1'] });
    const layout = new LayoutBuilder();
    const listed = layout.image(image, {
      annotations: { 'io.containerd.image.name': 'x/other:2' },
    });
    const unlisted = layout.image(buildImage({ layers: [[]] }));
    const item = {
      Config: `blobs/sha256/${digestHex(image.imageId)}`,
      RepoTags: image.tags,
      Layers: image.layers.map((layer) => `blobs/sha256/${digestHex(digestOf(gzip(layer)))}`),
    };
    const archive = await openItems(
      layout.items([listed, unlisted], [{ path: 'manifest.json', content: jsonBytes([item]) }]),
    );
    expect(archive.images.map(({ names }) => names)).toEqual([['docker.io/library/listed:1']]);
    expect(archive.images[0]?.platforms[0]?.core.descriptor.digest).toBe(listed.digest);
  });

  test('keeps its index, attestations and the platforms that are absent', async () => {
    const absent = buildImage({ architecture: 'arm64' });
    const archive = await openItems(docker29(buildImage({ tags: ['a:1'] }), [absent]));
    const [image] = archive.images;
    expect(archive.problems).toEqual([]);
    expect(image?.platforms.map(({ platform }) => platform.architecture)).toEqual(['amd64']);
    expect(image?.absent.map(({ platform }) => platform.architecture)).toEqual(['arm64']);
    expect(image?.attachments).toHaveLength(3);
  });

  test('whose index leads to two of its images has each under its own manifest', async () => {
    const images = [
      buildImage({ tags: ['a:1'] }),
      buildImage({ tags: ['b:1'], architecture: 'arm64' }),
    ];
    const layout = new LayoutBuilder();
    const manifests = images.map((image) => layout.image(image));
    const items = images.map((image) => ({
      Config: `blobs/sha256/${digestHex(image.imageId)}`,
      RepoTags: image.tags,
      Layers: image.layers.map((layer) => `blobs/sha256/${digestHex(digestOf(gzip(layer)))}`),
    }));
    const archive = await openItems(
      layout.items(
        [layout.index(manifests)],
        [{ path: 'manifest.json', content: jsonBytes(items) }],
      ),
    );
    expect(
      archive.images.map(({ platforms }) => platforms.map(({ core }) => core.descriptor.digest)),
    ).toEqual(manifests.map(({ digest }) => [digest]));
  });

  test.each([
    ['is no JSON', '{'],
    [
      'has a digest of another kind',
      `{"manifests":[{"mediaType":"a","size":1,"digest":"sha512:${'a'.repeat(128)}"}]}`,
    ],
    ['lists fewer images than there are', '{"schemaVersion":2,"manifests":[]}'],
  ])('whose index.json %s is read by manifest.json alone, as by an engine', async (_, content) => {
    const items = docker25([buildImage({ tags: ['a:1'] })]);
    const { images, problems } = await openItems(
      items.map((item) => (item.path === 'index.json' ? { ...item, content } : item)),
    );
    expect(problems).toEqual([]);
    expect(images.map(({ names }) => names)).toEqual([['docker.io/library/a:1']]);
  });

  test('is refused for a manifest whose bytes are not those of its digest', async () => {
    const items = docker25([buildImage({ tags: ['a:1'] })]);
    const { descriptor } = (await openItems(items)).images[0]!.platforms[0]!.core;
    const path = `blobs/sha256/${digestHex(descriptor.digest)}`;
    const broken = items.map((item) => {
      if (item.path !== path) return item;
      const text = new TextDecoder().decode(item.content as Uint8Array);
      return { ...item, content: text.replace('schemaVersion', 'schemaVersioN') };
    });
    const [problem] = await problemsOf(broken);
    expect(problem).toMatch(new RegExp(`^${path} in app\\.tar \\(offset \\d+\\) has the digest`));
  });
});

test('an image built on another of the archive knows its parent', async () => {
  const base = buildImage({ tags: ['base:1'] });
  const other = buildImage({ tags: ['other:1'], architecture: 'arm64' });
  const items = withManifest(docker110([base, other]), ([a, b]) => [
    a,
    { ...b, Parent: base.imageId },
  ]);
  const archive = await openItems(items);
  expect(archive.images.map((image) => image.references.map(canonicalReference))).toEqual([
    ['docker.io/library/base:1'],
    ['docker.io/library/other:1'],
  ]);
});
