import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listImages } from '../../../src/image/image-list';
import type { PlatformSummary } from '../../../src/image/image-summary';
import { beginRemoval, removeImages } from '../../../src/image/removal/removal';
import {
  planRemoval,
  type RemovalRequest,
  type RemovalStep,
} from '../../../src/image/removal/removal-plan';
import { DEFAULT_PLATFORM, type Platform } from '../../../src/oci/platform';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { chainIds, stateOf, storeImage, type StoredImageParts } from '../../support/stored-images';

const LAYERS = ['base', 'libs', 'app', 'docs'];
const NAMES = ['web:1', 'web:2', 'api:1', 'old:1', 'new:1'].map(
  (name) => `docker.io/library/${name}`,
);
const ARM64: Platform = { os: 'linux', architecture: 'arm64' };
const REPOSITORIES = ['web', 'api'];

interface World {
  readonly images: readonly (Pick<StoredImageParts, 'names' | 'form'> & {
    /** Repositories of a registry that has it. */
    readonly digests: readonly string[];
    readonly config: string;
    readonly layers: number;
    readonly arm: boolean;
    /** Index of an earlier image. */
    readonly parent: number | undefined;
  })[];
  readonly words: readonly string[];
  readonly flags: Pick<RemovalRequest, 'force' | 'keepParents' | 'only'>;
}

/** Images that share layers, names and configurations, in one form or two, and words that mean them. */
const worlds: fc.Arbitrary<World> = fc.record({
  images: fc.uniqueArray(
    fc.record({
      config: fc.constantFrom('a', 'b', 'c', 'd'),
      layers: fc.nat({ max: LAYERS.length }),
      form: fc.constantFrom('archive', 'registry'),
      arm: fc.boolean(),
      names: fc.subarray(NAMES, { maxLength: 2 }),
      digests: fc.subarray(REPOSITORIES, { maxLength: 1 }),
      parent: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 6, selector: ({ config, form }) => `${config} ${form}` },
  ),
  words: fc.array(
    fc.constantFrom(...NAMES, '#0', '#1', '#2', '#3', 'web@0', 'web@1', 'api@0', 'nope', 'Bad'),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
  flags: fc.record({
    force: fc.boolean(),
    keepParents: fc.boolean(),
    only: fc.constantFrom([], [], [ARM64], [DEFAULT_PLATFORM, ARM64]),
  }),
});

/** A store with a world's images, and its words: `#N` is the ID of image N, `web@N` one of its digests. */
async function build({
  images,
  words,
  flags,
}: World): Promise<{ store: Store; request: RemovalRequest }> {
  const store = await openMemoryStore();
  const ids: PlatformSummary['imageId'][] = [];
  for (const [index, { config, layers, arm, parent, digests, ...parts }] of images.entries()) {
    const amd64 = {
      config,
      layers: LAYERS.slice(0, layers),
      ...(parent === undefined || ids[parent] === undefined ? {} : { parent: ids[parent] }),
    };
    const arm64 = {
      config: `${config} arm`,
      layers: [...LAYERS.slice(0, Math.max(0, layers - 1)), 'arm'],
      architecture: 'arm64',
    };
    const repoDigests = digests.map((repository) => digestName(repository, index));
    const { summary } = await storeImage(store, {
      ...parts,
      repoDigests,
      variants: arm ? [amd64, arm64] : [amd64],
    });
    ids.push((summary as { platforms: readonly PlatformSummary[] }).platforms[0]!.imageId);
  }
  // What two images claim stays with the last, as a name is moved; what nothing names any more is no garbage.
  await store.collectGarbage();
  const meant = words.map((word) => {
    const [, repository = '', index] = /^(\w*)[#@](\d)$/.exec(word) ?? [];
    if (index === undefined) return word;
    return repository === ''
      ? (ids[Number(index)] ?? 'none')
      : digestName(repository, Number(index));
  });
  return { store, request: { words: meant, platform: DEFAULT_PLATFORM, ...flags } };
}

function digestName(repository: string, index: number): string {
  return `docker.io/library/${repository}@sha256:${String(index).repeat(64)}`;
}

function stepsOf(
  outcomes: Awaited<ReturnType<typeof planRemoval>>['outcomes'],
): readonly RemovalStep[] {
  return outcomes.flatMap((outcome) => (outcome.kind === 'removed' ? outcome.steps : []));
}

async function imageIds(store: Store): Promise<ReadonlySet<string>> {
  const images = await listImages(store, DEFAULT_PLATFORM);
  return new Set(images.map(({ imageId }) => imageId));
}

describe('a removal, of any words from any images', () => {
  const check = (property: (world: World) => Promise<void>): Promise<void> =>
    fc.assert(fc.asyncProperty(worlds, property), { numRuns: 300 });

  it('frees what its plan says, and leaves every name and every image whole', () =>
    check(async (world) => {
      const { store, request } = await build(world);
      const before = await stateOf(store);
      const plan = await planRemoval(store, request);
      expect(await stateOf(store)).toEqual(before);

      const { freed, outcomes } = await removeImages(store, request);
      expect({ freed, outcomes }).toEqual({ freed: plan.freed, outcomes: plan.outcomes });
      const after = await stateOf(store);
      const gone = [...before.blobs].filter(([digest]) => !after.blobs.has(digest));
      expect(gone.map(([digest]) => digest).sort()).toEqual([...freed.blobs].sort());
      expect(gone.reduce((sum, [, size]) => sum + size, 0)).toBe(freed.bytes);

      const stored = new Set(after.images.map(({ target }) => target.digest));
      for await (const { target } of store.refs.list()) expect(stored).toContain(target.digest);
      const digests = new Set(after.images.flatMap(({ repoDigests }) => repoDigests));
      for (const step of stepsOf(outcomes)) {
        if (step.kind !== 'untagged') continue;
        expect(await store.refs.resolve(step.name)).toBeUndefined();
        expect(digests).not.toContain(step.name);
      }
      for (const { blobs, diffIds } of after.images) {
        for (const digest of blobs) expect(after.blobs.has(digest)).toBe(true);
        expect(after.indexes).toEqual(expect.arrayContaining([...diffIds]));
      }
      expect((await store.collectGarbage()).blobs).toEqual([]);
    }));

  it('tells every image and every stack of layers that goes, once', () =>
    check(async ({ flags, ...world }) => {
      const { store, request } = await build({ ...world, flags: { ...flags, only: [] } });
      const [images, layers] = [
        await imageIds(store),
        await chainIds((await stateOf(store)).images),
      ];
      const steps = stepsOf((await removeImages(store, request)).outcomes);
      const left = await imageIds(store);
      const leftLayers = await chainIds((await stateOf(store)).images);
      const told = steps.flatMap((step) => (step.kind === 'image-deleted' ? [step.digest] : []));
      const toldLayers = steps.flatMap((step) =>
        step.kind === 'layer-deleted' ? [step.digest] : [],
      );
      expect(new Set(told).size).toBe(told.length);
      expect(told).toEqual(expect.arrayContaining([...images].filter((id) => !left.has(id))));
      expect(told.filter((id) => left.has(id))).toEqual([]);
      expect([...toldLayers].sort()).toEqual(
        [...layers].filter((chain) => !leftLayers.has(chain)).sort(),
      );
    }));

  it('is the identity once it is undone', () =>
    check(async (world) => {
      const { store, request } = await build(world);
      const before = await stateOf(store);
      const pending = await beginRemoval(store, await planRemoval(store, request));
      // Another tab sweeps meanwhile.
      await store.collectGarbage();
      expect((await stateOf(store)).blobs).toEqual(before.blobs);
      expect(await pending.undo()).toEqual([]);
      expect(await stateOf(store)).toEqual(before);
      expect(await pending.collect()).toEqual({ blobs: [], bytes: 0 });
      await store.collectGarbage();
      expect(await stateOf(store)).toEqual(before);
    }));

  it('in two steps comes to the same as in one', () =>
    check(async (world) => {
      const [one, two] = [await build(world), await build(world)];
      await removeImages(one.store, one.request);
      const pending = await beginRemoval(two.store, await planRemoval(two.store, two.request));
      expect(await pending.collect()).toMatchObject({ bytes: pending.plan.freed.bytes });
      expect(await stateOf(two.store)).toEqual(await stateOf(one.store));
    }));
});
