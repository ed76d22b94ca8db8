import { describe, expect, test } from 'vitest';
import type { Progress } from '../../../src/base/task';
import { loadArchive, type LoadOptions } from '../../../src/archive/load';
import { listImages } from '../../../src/image/image-list';
import type { IngestLayer } from '../../../src/layer/ingest-layer';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import {
  buildImage,
  docker110,
  docker29,
  LayoutBuilder,
  ociLayout,
} from '../../support/archive-builder';
import { all } from '../../support/blobs';
import { loadInto, openItems } from '../../support/load-environment';
import type { TarItem } from '../../support/tar-builder';

async function load(store: Store, items: readonly TarItem[], options: Partial<LoadOptions> = {}) {
  return loadArchive(await openItems(items), { ...loadInto(store), ...options });
}

function otherImage(tags: readonly string[] = []) {
  return buildImage({ layers: [[{ path: 'other', content: 'x' }]], tags });
}

describe('what a load says', () => {
  test('is every tag, in the order of the archive', async () => {
    const images = [buildImage({ tags: ['b:2', 'b:1'] }), otherImage(['a:1'])];
    const { events } = await load(await openMemoryStore(), docker110(images));
    expect(events).toEqual([
      { kind: 'loaded', name: 'b:2' },
      { kind: 'loaded', name: 'b:1' },
      { kind: 'loaded', name: 'a:1' },
    ]);
  });

  test('is the IDs of all images where the last has no tag, after the tags', async () => {
    const [tagged, untagged] = [buildImage({ tags: ['a:1'] }), otherImage()];
    const { events } = await load(await openMemoryStore(), docker110([tagged, untagged]));
    expect(events).toEqual([
      { kind: 'loaded', name: 'a:1' },
      { kind: 'loaded-id', imageId: tagged.imageId },
      { kind: 'loaded-id', imageId: untagged.imageId },
    ]);
  });

  test('is no ID where the last has a tag, as an engine has it', async () => {
    const { events } = await load(
      await openMemoryStore(),
      docker110([otherImage(), buildImage({ tags: ['a:1'] })]),
    );
    expect(events).toEqual([{ kind: 'loaded', name: 'a:1' }]);
  });

  test('of an OCI layout is the tags, and the IDs of what has none', async () => {
    const untagged = otherImage();
    const { events } = await load(
      await openMemoryStore(),
      ociLayout([untagged, buildImage({ tags: ['a:1'] })]),
    );
    expect(events).toEqual([
      { kind: 'loaded', name: 'a:1' },
      { kind: 'loaded-id', imageId: untagged.imageId },
    ]);
  });

  test('is which name moves from which image, and not where it stays', async () => {
    const store = await openMemoryStore();
    const [first, second] = [buildImage({ tags: ['a:1'] }), otherImage(['a:1'])];
    await load(store, docker110([first]));
    expect((await load(store, docker110([first]))).events).toEqual([
      { kind: 'loaded', name: 'a:1' },
    ]);
    expect((await load(store, docker110([second]))).events).toEqual([
      { kind: 'moved', name: 'a:1', previous: first.imageId },
      { kind: 'loaded', name: 'a:1' },
    ]);
    const listed = await listImages(store, DEFAULT_PLATFORM);
    expect(listed.map(({ imageId, names }) => [imageId, names.length])).toEqual(
      expect.arrayContaining([
        [second.imageId, 1],
        [first.imageId, 0],
      ]),
    );
  });

  test('is that a name moves inside one archive too', async () => {
    const [first, second] = [buildImage({ tags: ['a:1'] }), otherImage(['a:1'])];
    const { events } = await load(await openMemoryStore(), docker110([first, second]));
    expect(events).toEqual([
      { kind: 'loaded', name: 'a:1' },
      { kind: 'moved', name: 'a:1', previous: first.imageId },
      { kind: 'loaded', name: 'a:1' },
    ]);
  });

  test('is the ID for the platform asked for, of an image for several', async () => {
    const layout = new LayoutBuilder();
    const images = ['amd64', 'arm64'].map((architecture) => buildImage({ architecture }));
    const index = layout.index(images.map((image) => layout.image(image)));
    const asked = async (architecture: string) =>
      (
        await load(await openMemoryStore(), layout.items([index]), {
          platform: { os: 'linux', architecture },
        })
      ).events;
    expect(await asked('amd64')).toEqual([{ kind: 'loaded-id', imageId: images[0]!.imageId }]);
    expect(await asked('arm64')).toEqual([{ kind: 'loaded-id', imageId: images[1]!.imageId }]);
  });
});

describe('an image loaded again', () => {
  test('reads no layer that is stored and sound', async () => {
    const store = await openMemoryStore();
    const items = docker110([buildImage({ tags: ['a:1'] })]);
    await load(store, items);
    const read: string[] = [];
    await load(store, items, { ingestLayer: recording(loadInto(store).ingestLayer, read) });
    expect(read).toEqual([]);
  });

  test('reads a layer that was found damaged', async () => {
    const store = await openMemoryStore();
    const image = buildImage({ tags: ['a:1'] });
    await load(store, docker110([image]));
    await store.setProblems([{ digest: image.diffIds[1]!, reason: 'corrupt', detail: 'x' }]);
    const read: string[] = [];
    await load(store, docker110([image]), {
      ingestLayer: recording(loadInto(store).ingestLayer, read),
    });
    expect(read).toHaveLength(1);
    expect(await store.problems()).toEqual([]);
  });

  test('from another kind of archive is the same image, and takes the place of the first', async () => {
    const store = await openMemoryStore();
    const image = buildImage({ tags: ['a:1'] });
    await load(store, docker110([image]));
    const { events } = await load(store, ociLayout([image]));
    expect(events).toEqual([{ kind: 'loaded', name: 'a:1' }]);
    expect(await all(store.images.list())).toHaveLength(1);
    expect(await listImages(store, DEFAULT_PLATFORM)).toMatchObject([
      { imageId: image.imageId, names: ['docker.io/library/a:1'] },
    ]);
  });

  test('under another name leaves the first, and is one image to docker', async () => {
    const store = await openMemoryStore();
    await load(store, docker110([buildImage({ tags: ['a:1'] })]));
    await load(store, ociLayout([buildImage({ tags: ['b:1'] })]));
    expect(await all(store.images.list())).toHaveLength(2);
    expect(await listImages(store, DEFAULT_PLATFORM)).toMatchObject([
      { names: ['docker.io/library/a:1', 'docker.io/library/b:1'] },
    ]);
  });

  test('with other platforms keeps those that an earlier load brought', async () => {
    const images = ['amd64', 'arm64'].map((architecture) =>
      buildImage({ architecture, layers: [[{ path: architecture, content: 'x' }]] }),
    );
    const itemsWith = (kept: number): TarItem[] => {
      const layout = new LayoutBuilder();
      const descriptors = images.map((image, i) =>
        layout.image(image, {
          platform: { os: 'linux', architecture: i === 0 ? 'amd64' : 'arm64' },
        }),
      );
      const index = layout.index(descriptors);
      layout.drop(descriptors[1 - kept]!.digest);
      return layout.items([index]);
    };
    const store = await openMemoryStore();
    await load(store, itemsWith(0));
    await load(store, itemsWith(1));
    const [listed, ...more] = await listImages(store, DEFAULT_PLATFORM);
    expect(more).toEqual([]);
    expect(listed?.roots[0]?.summary).toMatchObject({
      platforms: [{ platform: { architecture: 'arm64' } }, { platform: { architecture: 'amd64' } }],
      absent: [],
    });
    expect((await store.collectGarbage()).blobs).toEqual([]);
  });
});

/** The ingest, noting what it is asked for. */
function recording(ingest: IngestLayer, read: string[]): IngestLayer {
  return (source, expected, options) => {
    read.push(expected.what);
    return ingest(source, expected, options);
  };
}

async function stateOf(store: Store) {
  return {
    images: (await all(store.images.list())).length,
    blobs: (await all(store.content.list())).length,
    indexes: (await all(store.indexes.list())).length,
  };
}

describe('a load that fails', () => {
  test('leaves nothing of itself, and ends after all that it had begun has ended', async () => {
    const store = await openMemoryStore();
    const { ingestLayer } = loadInto(store);
    let running = 0;
    const failing: IngestLayer = async (source, expected, options) => {
      running++;
      try {
        if (expected.what.startsWith('layer 0')) throw new Error('the disk is gone');
        await new Promise((resolve) => setTimeout(resolve, 20));
        return await ingestLayer(source, expected);
      } finally {
        running--;
        options?.signal?.throwIfAborted();
      }
    };
    const loading = load(store, docker110([buildImage()]), { ingestLayer: failing });
    await expect(loading).rejects.toThrow('the disk is gone');
    expect(running).toBe(0);
    expect(await stateOf(store)).toEqual({ images: 0, blobs: 0, indexes: 0 });
  });

  test('in the commit leaves nothing of itself', async () => {
    const store = await openMemoryStore();
    store.commit = () => Promise.reject(new Error('quota'));
    await expect(load(store, docker110([buildImage()]))).rejects.toThrow('quota');
    expect(await stateOf(store)).toEqual({ images: 0, blobs: 0, indexes: 0 });
  });

  test('gives its first error when cleaning up fails too', async () => {
    const store = await openMemoryStore();
    store.commit = () => Promise.reject(new Error('quota'));
    store.collectGarbage = () => Promise.reject(new Error('also gone'));
    await expect(load(store, docker110([buildImage()]))).rejects.toThrow('quota');
  });
});

describe('a load that is cancelled', () => {
  test('before it begins, while it reads, and before it commits leaves nothing', async () => {
    for (const moment of ['before', 'reading', 'read'] as const) {
      const store = await openMemoryStore();
      const controller = new AbortController();
      const reason = new DOMException('enough', 'AbortError');
      if (moment === 'before') controller.abort(reason);
      const { ingestLayer } = loadInto(store);
      const loading = load(store, docker110([buildImage()]), {
        signal: controller.signal,
        ingestLayer: async (source, expected, options) => {
          if (moment === 'reading') controller.abort(reason);
          const layer = await ingestLayer(source, expected, options);
          if (moment === 'read') controller.abort(reason);
          return layer;
        },
      });
      await expect(loading).rejects.toBe(reason);
      expect(await stateOf(store)).toEqual({ images: 0, blobs: 0, indexes: 0 });
    }
  });
});

describe('progress', () => {
  test('is in bytes of all layers, never less than before, and counts the layers', async () => {
    const reports: Progress[] = [];
    const image = buildImage();
    await load(await openMemoryStore(), docker29(image), {
      onProgress: (progress) => reports.push(progress),
    });
    const last = reports.at(-1);
    expect(last).toMatchObject({ phase: 'verifying', unit: 'bytes', subject: '2/2' });
    expect(last?.done).toBe(last?.total);
    expect(reports.map(({ done }) => done)).toEqual(
      reports.map(({ done }) => done).toSorted((a, b) => a - b),
    );
  });

  test('tells of each layer when it is there, and before of what is indexed of a long one', async () => {
    const told = new Set<string>();
    const long = [{ path: 'long', content: '.'.repeat(2 * 1024 * 1024) }];
    const image = buildImage({ layers: [['short'], long] });
    await load(await openMemoryStore(), docker110([image]), {
      onPartialIndex: ({ expected }) => told.add(`partial ${expected.what.slice(0, 7)}`),
      onLayer: ({ expected }) => told.add(`done ${expected.what.slice(0, 7)}`),
    });
    expect([...told].toSorted()).toEqual(['done layer 0', 'done layer 1', 'partial layer 1']);
  });
});

test('two loads at once into one store both end well', async () => {
  const store = await openMemoryStore();
  await Promise.all([
    load(store, docker110([buildImage({ tags: ['a:1'] })])),
    load(store, ociLayout([buildImage({ tags: ['b:1'] })])),
  ]);
  expect(await listImages(store, DEFAULT_PLATFORM)).toMatchObject([
    { names: ['docker.io/library/a:1', 'docker.io/library/b:1'] },
  ]);
  expect((await store.collectGarbage()).blobs).toEqual([]);
});
