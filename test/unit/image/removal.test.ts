import { describe, expect, it } from 'vitest';
import type { ImageSummary } from '../../../src/image/image-summary';
import { beginRemoval, pruneImages, removeImages } from '../../../src/image/removal/removal';
import { planRemoval, type RemovalStep } from '../../../src/image/removal/removal-plan';
import { tagImage } from '../../../src/image/tag';
import type { Digest } from '../../../src/oci/digest';
import { parseReference } from '../../../src/oci/reference';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { ImageRoot } from '../../../src/store/metadata-store';
import type { Store } from '../../../src/store/store';
import { stateOf, storeImage } from '../../support/stored-images';

/** docker's rules are held against docker in the transcripts; here is what those cannot show. */

const WEB = 'docker.io/library/web:1';
const DIGEST = `docker.io/library/web@sha256:${'1'.repeat(64)}`;
const OTHER_DIGEST = `ghcr.io/acme/web@sha256:${'1'.repeat(64)}`;
const variants = [{ config: 'web', layers: ['base', 'app'] }];

function request(...words: readonly string[]): {
  words: readonly string[];
  platform: typeof DEFAULT_PLATFORM;
} {
  return { words, platform: DEFAULT_PLATFORM };
}

async function steps(store: Store, ...words: readonly string[]): Promise<readonly string[]> {
  const { outcomes } = await removeImages(store, request(...words));
  return outcomes.flatMap((outcome) =>
    outcome.kind === 'removed' ? outcome.steps.map(text) : [outcome.error.message],
  );
}

function text(step: RemovalStep): string {
  return step.kind === 'untagged' ? `untagged ${step.name}` : step.kind;
}

function idOf({ summary }: ImageRoot): Digest {
  return (summary as ImageSummary).platforms[0]!.imageId;
}

/** Each call at a later time. */
function tag(store: Store, source: string, target: string): ReturnType<typeof tagImage> {
  const now = (): number => (clock += 1);
  return tagImage(store, {
    source,
    target: parseReference(target),
    platform: DEFAULT_PLATFORM,
    now,
  });
}
let clock = 1;

/** The store as one tab sees it, where another tab does something just before this one's commits, or its first alone. */
function interrupted(
  store: Store,
  interrupt: () => Promise<unknown>,
  often: 'once' | 'always' = 'once',
): Store {
  let count = 0;
  return new Proxy(store, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== 'commit')
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return async (change: Parameters<Store['commit']>[0]) => {
        count += 1;
        if (often === 'always' || count === 1) await interrupt();
        await target.commit(change);
      };
    },
  });
}

describe('an image that a registry knows', () => {
  it('loses the digests of a repository with its last tag there', async () => {
    const store = await openMemoryStore();
    await storeImage(store, {
      variants,
      names: [WEB, 'docker.io/library/web:2'],
      repoDigests: [DIGEST, OTHER_DIGEST],
    });
    expect(await steps(store, 'web:1')).toEqual([`untagged ${WEB}`]);
    expect(await steps(store, 'web:2')).toEqual([
      'untagged docker.io/library/web:2',
      `untagged ${DIGEST}`,
    ]);
    expect((await stateOf(store)).images[0]?.repoDigests).toEqual([OTHER_DIGEST]);
    expect(await steps(store, OTHER_DIGEST)).toEqual([
      `untagged ${OTHER_DIGEST}`,
      'image-deleted',
      'layer-deleted',
      'layer-deleted',
    ]);
  });

  it('goes by its ID, without force, where all its names are of one repository', async () => {
    const store = await openMemoryStore();
    const id = idOf(await storeImage(store, { variants, names: [WEB], repoDigests: [DIGEST] }));
    expect((await steps(store, id)).slice(0, 3)).toEqual([
      `untagged ${WEB}`,
      `untagged ${DIGEST}`,
      'image-deleted',
    ]);
  });

  it('stays where another repository has it, too', async () => {
    const store = await openMemoryStore();
    const id = idOf(
      await storeImage(store, { variants, names: [WEB], repoDigests: [OTHER_DIGEST] }),
    );
    expect(await steps(store, id)).toEqual([
      `conflict: unable to delete ${id.slice(7, 19)} (must be forced) - image is referenced in multiple repositories`,
    ]);
  });

  it('is pruned once no tag points to it', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB], repoDigests: [DIGEST] });
    await storeImage(store, {
      variants: [{ config: 'left', layers: ['base'] }],
      repoDigests: [OTHER_DIGEST],
    });
    const filter = (): Promise<boolean> => Promise.resolve(true);
    const prune = { all: false, filter, platform: DEFAULT_PLATFORM };
    const { outcomes } = await pruneImages(store, prune);
    expect(outcomes.map(({ word }) => word)).toEqual([OTHER_DIGEST]);
    expect((await stateOf(store)).images).toHaveLength(1);
  });
});

describe('an image of several platforms', () => {
  it('goes whole: each platform, and every layer once', async () => {
    const store = await openMemoryStore();
    const arm64 = { config: 'arm', layers: ['base', 'arm'], architecture: 'arm64' };
    await storeImage(store, { variants: [...variants, arm64], names: [WEB] });
    const kinds = [
      'image-deleted',
      'layer-deleted',
      'image-deleted',
      'layer-deleted',
      'layer-deleted',
    ];
    expect(await steps(store, 'web:1')).toEqual([`untagged ${WEB}`, ...kinds]);
    expect((await stateOf(store)).blobs.size).toBe(0);
  });
});

describe('an image that is stored in two forms', () => {
  it('loses the form whose last name goes, and stays in the other', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB], form: 'archive' });
    const registry = await storeImage(store, {
      variants,
      names: ['docker.io/library/web:2'],
      form: 'registry',
    });
    expect(await steps(store, 'web:1')).toEqual([`untagged ${WEB}`]);
    expect((await stateOf(store)).images).toEqual([registry]);
  });
});

describe('images that claim to be built on each other', () => {
  it('can be removed', async () => {
    const store = await openMemoryStore();
    const first = idOf(await storeImage(await openMemoryStore(), { variants }));
    const second = await storeImage(store, {
      variants: [{ config: 'second', layers: [], parent: first }],
    });
    await storeImage(store, { variants: [{ ...variants[0]!, parent: idOf(second) }] });
    expect(await steps(store, first)).toEqual([
      'image-deleted',
      'layer-deleted',
      'layer-deleted',
      'image-deleted',
    ]);
  });
});

describe('another tab', () => {
  it('that gives the image a name keeps it', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB] });
    const here = interrupted(store, () => tag(store, 'web:1', 'mine:1'));
    expect(await steps(here, 'web:1')).toEqual([`untagged ${WEB}`]);
    const { images, blobs } = await stateOf(store);
    expect(images[0]?.blobs.every((digest) => blobs.has(digest))).toBe(true);
  });

  it('that removes it first leaves nothing to remove', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB] });
    const here = interrupted(store, () => removeImages(store, request('web:1')));
    expect(await steps(here, 'web:1')).toEqual(['No such image: web:1']);
  });

  it('that removes an image while it is tagged wins, and no name is left without an image', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB] });
    const here = interrupted(store, () => removeImages(store, request('web:1')));
    await expect(tag(here, 'web:1', 'mine:1')).rejects.toMatchObject({ code: 'no-such-image' });
    expect(await stateOf(store)).toMatchObject({ refs: [], images: [] });
  });

  it('that changes the image after the plan was shown has it planned again', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB] });
    const plan = await planRemoval(store, request('web:1'));
    await tag(store, 'web:1', 'mine:1');
    const before = await stateOf(store);
    await expect(beginRemoval(store, plan)).rejects.toMatchObject({ code: 'store-conflict' });
    expect(await stateOf(store)).toEqual(before);
  });

  it('that does nothing but change the image ends in one sentence', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB] });
    const busy = interrupted(store, () => tag(store, 'web:1', 'busy:1'), 'always');
    await expect(tag(busy, 'web:1', 'mine:1')).rejects.toMatchObject({
      code: 'store-conflict',
      message: expect.stringMatching(
        /^The image sha256:\w+ was changed in another tab meanwhile; try again\.$/,
      ) as string,
    });
    expect(await store.refs.resolve('docker.io/library/mine:1')).toBeUndefined();
  });
});

describe('an undo', () => {
  it('leaves a name where another tab has put it, and says so', async () => {
    const store = await openMemoryStore();
    const web = await storeImage(store, { variants, names: [WEB, 'docker.io/library/web:2'] });
    const other = await storeImage(store, {
      variants: [{ config: 'other', layers: [] }],
      names: ['docker.io/library/other:1'],
    });
    const pending = await beginRemoval(store, await planRemoval(store, request('web:1', 'web:2')));
    await tag(store, 'other:1', 'web:1');
    expect(await pending.undo()).toEqual([WEB]);
    expect((await store.refs.resolve(WEB))?.digest).toBe(other.target.digest);
    expect((await store.refs.resolve('docker.io/library/web:2'))?.digest).toBe(web.target.digest);
  });

  it('finds a layer that it shared with an image that was removed since', async () => {
    const store = await openMemoryStore();
    // Its layers are packed: no blob goes by a diff ID.
    const web = { ...(await storeImage(store, { variants, names: [WEB] })), diffIds: [] };
    await store.commit({ putImages: [web] });
    await storeImage(store, {
      variants: [{ config: 'other', layers: ['base'] }],
      names: ['docker.io/library/other:1'],
    });
    const pending = await beginRemoval(store, await planRemoval(store, request('web:1')));
    await removeImages(store, request('other:1'));
    expect(await pending.undo()).toEqual([]);
    await store.collectGarbage();
    const infos = await Promise.all(web.blobs.map((digest) => store.content.stat(digest)));
    expect(infos.map((info) => info?.digest)).toEqual(web.blobs);
  });

  it('comes too late once the bytes are given free', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB] });
    const pending = await beginRemoval(store, await planRemoval(store, request('web:1')));
    expect((await pending.collect()).bytes).toBe(pending.plan.freed.bytes);
    expect(await pending.undo()).toEqual([WEB]);
    expect(await stateOf(store)).toMatchObject({ refs: [], images: [] });
  });

  it('after a load of the same image keeps what the load brought', async () => {
    const store = await openMemoryStore();
    const web = await storeImage(store, { variants, names: [WEB], repoDigests: [DIGEST] });
    const pending = await beginRemoval(store, await planRemoval(store, request('web:1')));
    await storeImage(store, { variants, names: ['docker.io/library/again:1'] });
    expect(await pending.undo()).toEqual([]);
    expect(await stateOf(store)).toMatchObject({
      refs: [{ name: 'docker.io/library/again:1' }, { name: WEB }],
      images: [{ ...web, repoDigests: [DIGEST] }],
    });
  });
});
