import type { AbortOptions } from '../../base/task';
import {
  isSameImage,
  type ImageRoot,
  type MetadataChange,
  type Ref,
} from '../../store/metadata-store';
import type { Collected, Hold, Store } from '../../store/store';
import { mergeRoots } from '../merge-roots';
import {
  planPrune,
  planRemoval,
  type PlanStore,
  type PruneRequest,
  type RemovalPlan,
  type RemovalRequest,
} from './removal-plan';
import { retryConflicts } from '../retry-conflicts';

/** What removing needs of a store. */
export type RemovalStore = PlanStore & Pick<Store, 'commit' | 'hold' | 'collectGarbage' | 'locks'>;

/**
 * `docker rm`: untags, deletes, and frees the bytes at once. All words are carried out in one commit. Where another tab has changed the
 * same images meanwhile, plans anew; rejects with `store-conflict` where that does not end.
 */
export function removeImages(
  store: RemovalStore,
  request: RemovalRequest,
  options: AbortOptions = {},
): Promise<RemovalPlan> {
  return carryOut(store, () => planRemoval(store, request), options);
}

/** `docker image prune`, as `removeImages` does it. */
export function pruneImages(
  store: RemovalStore,
  request: PruneRequest,
  options: AbortOptions = {},
): Promise<RemovalPlan> {
  return carryOut(store, () => planPrune(store, request), options);
}

async function carryOut(
  store: RemovalStore,
  makePlan: () => Promise<RemovalPlan>,
  { signal }: AbortOptions,
): Promise<RemovalPlan> {
  const plan = await retryConflicts(store, async () => {
    const made = await makePlan();
    signal?.throwIfAborted();
    if (!isEmpty(made)) await store.commit(changeOf(made));
    return made;
  });
  // Committed is committed: an abort that comes now has nothing left to keep.
  if (plan.freed.blobs.length > 0) await store.collectGarbage();
  return plan;
}

/**
 * Carries out a plan that was shown, so that it can be undone: names and images are gone at once, in every tab, while their blobs are held
 * until `collect`. The hold ends with this tab: of a tab that is killed or closed meanwhile, the next start's sweep frees the bytes, and the
 * removal stands. Rejects with `store-conflict`, nothing changed, where the store is no longer what the plan was made from: plan again, and
 * show that.
 */
export async function beginRemoval(
  store: RemovalStore,
  plan: RemovalPlan,
): Promise<PendingRemoval> {
  const hold = await store.hold();
  try {
    const images = [...plan.removed.images, ...plan.changed.map(({ before }) => before)];
    // Those that other images need, too: such an image may be removed before this is undone.
    const needed = images.flatMap(({ target, blobs, diffIds }) => [
      target.digest,
      ...blobs,
      ...diffIds,
    ]);
    await hold.add(...new Set(needed));
    if (!isEmpty(plan)) await store.commit(changeOf(plan));
  } catch (error) {
    await hold.release();
    throw error;
  }
  return new PendingRemoval(store, plan, hold);
}

/** A removal that can still be undone: call `undo` or `collect`. Whichever comes second finds nothing left to do. */
export class PendingRemoval {
  readonly plan: RemovalPlan;
  readonly #store: RemovalStore;
  readonly #hold: Hold;
  #state: 'pending' | 'ending' | 'ended' = 'pending';

  constructor(store: RemovalStore, plan: RemovalPlan, hold: Hold) {
    this.#store = store;
    this.plan = plan;
    this.#hold = hold;
  }

  /**
   * Puts back what was removed, at once. A name that points to something else by now stays where it is: resolves to those names
   * (canonical), to all of them where the bytes are given free already. Where it rejects, it may be tried again.
   */
  async undo(): Promise<readonly string[]> {
    if (this.#state !== 'pending') return this.plan.removed.refs.map(({ name }) => name);
    this.#state = 'ending';
    try {
      const taken = await retryConflicts(this.#store, () => restore(this.#store, this.plan));
      this.#state = 'ended';
      await this.#hold.release();
      return taken;
    } finally {
      if (this.#state === 'ending') this.#state = 'pending';
    }
  }

  /** Gives the removed bytes free, when the offer to undo ends. Resolves to what was freed; nothing after `undo`. */
  async collect(): Promise<Collected> {
    if (this.#state !== 'pending') return { blobs: [], bytes: 0 };
    this.#state = 'ended';
    await this.#hold.release();
    return this.#store.collectGarbage();
  }
}

function isEmpty({ removed, changed }: RemovalPlan): boolean {
  return removed.refs.length + removed.images.length + changed.length === 0;
}

/** The plan as one change, which another tab's change to any of it keeps from happening. */
function changeOf({ removed, changed }: RemovalPlan): MetadataChange {
  const images = [...removed.images, ...changed.map(({ before }) => before)];
  return {
    expected: {
      refs: removed.refs.map(({ name, target }) => [name, target.digest]),
      images: images.map((image) => [image.target.digest, image]),
    },
    deleteRefs: removed.refs.map(({ name }) => name),
    deleteImages: removed.images.map(({ target }) => target.digest),
    putImages: changed.map(({ after }) => after),
  };
}

/** Resolves to the names that are taken by now. */
async function restore(
  store: RemovalStore,
  { removed, changed }: RemovalPlan,
): Promise<readonly string[]> {
  const free: Ref[] = [];
  const taken: string[] = [];
  for (const ref of removed.refs) {
    const target = await store.refs.resolve(ref.name);
    if (target === undefined) free.push(ref);
    else if (target.digest !== ref.target.digest) taken.push(ref.name);
  }
  const expected: [ImageRoot['target']['digest'], ImageRoot | null][] = [];
  const putImages: ImageRoot[] = [];
  for (const image of removed.images) {
    const stored = await store.images.get(image.target.digest);
    expected.push([image.target.digest, stored ?? null]);
    putImages.push(stored ? mergeRoots(image, stored) : image);
  }
  for (const { before, after } of changed) {
    const stored = await store.images.get(before.target.digest);
    // One that is gone by now was removed by somebody else.
    if (!stored) continue;
    expected.push([before.target.digest, stored]);
    putImages.push(isSameImage(after, stored) ? before : mergeRoots(before, stored));
  }
  await store.commit({
    expected: { refs: free.map(({ name }) => [name, null]), images: expected },
    putImages,
    putRefs: free,
  });
  return taken;
}
