import { collectAll } from '../../base/collect-all';
import { isCoded, type CodedError } from '../../base/errors';
import { chainIdOf } from '../../layer/chain-id';
import { digestHex, type Digest } from '../../oci/digest';
import type { Platform } from '../../oci/platform';
import type { ImageRoot, Ref } from '../../store/metadata-store';
import type { Collected, Store } from '../../store/store';
import { summaryOf, type ListedImage, type StoredRoots } from '../image-list';
import {
  RemovalDraft,
  type DraftRemoval,
  type KeptImage,
  type RemovalFlags,
} from './removal-draft';
import type { DraftStep } from './removal-steps';

/** One thing that a removal does. */
export type RemovalStep =
  /** A tag or a digest; canonical. */
  | { readonly kind: 'untagged'; readonly name: string }
  /** By its image ID. */
  | { readonly kind: 'image-deleted'; readonly digest: Digest }
  /** Of an image that stays; by the digest of its manifest. */
  | { readonly kind: 'platform-deleted'; readonly digest: Digest }
  /** By its chain ID. `unpackedSize`: bytes of file content. */
  | { readonly kind: 'layer-deleted'; readonly digest: Digest; readonly unpackedSize: number };

/** What comes of one word. */
export type RemovalOutcome =
  | {
      readonly kind: 'removed';
      readonly word: string;
      /** In the order in which docker tells them. */
      readonly steps: readonly RemovalStep[];
      readonly kept: KeptImage | undefined;
    }
  /** `no-such-image`, `bad-reference` or `image-in-use`. */
  | { readonly kind: 'refused'; readonly word: string; readonly error: CodedError };

/** What a removal would do to the store as it was read. A plan is a value: making one changes nothing. */
export interface RemovalPlan {
  /** One a word, in order. A word that is refused keeps no other from being carried out. */
  readonly outcomes: readonly RemovalOutcome[];
  /** Blobs that no image needs afterwards, and their bytes as stored. */
  readonly freed: Collected;
  /** What goes, as it was read. */
  readonly removed: { readonly refs: readonly Ref[]; readonly images: readonly ImageRoot[] };
  /** Images that stay and lose a platform, or a digest that a registry knows them by. */
  readonly changed: readonly { readonly before: ImageRoot; readonly after: ImageRoot }[];
}

/** What planning reads. */
export type PlanStore = Pick<Store, 'images' | 'refs' | 'content'>;

export interface RemovalRequest extends RemovalFlags {
  /** Names and IDs, as typed. */
  readonly words: readonly string[];
  /** An image's ID is that of its configuration for this platform. */
  readonly platform: Platform;
  /** Removes the images for these platforms alone; their names stay. */
  readonly only?: readonly Platform[];
}

/** Works out what `docker rm` of these words does. */
export async function planRemoval(
  store: PlanStore,
  { words, platform, only = [], ...flags }: RemovalRequest,
): Promise<RemovalPlan> {
  const draft = await PlanDraft.open(store, platform);
  for (const word of words) {
    draft.attempt(word, (on) =>
      only.length > 0 ? on.removePlatforms(word, only) : on.remove(word, flags),
    );
  }
  return draft.finish();
}

export interface PruneRequest {
  /** Every image, and not only those without a name. */
  readonly all: boolean;
  /** Images that may go. */
  readonly filter: (image: ListedImage) => Promise<boolean>;
  readonly platform: Platform;
}

/**
 * Works out what `docker image prune` does. Outcomes are of the names and IDs that go.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_prune.go
 */
export async function planPrune(
  store: PlanStore,
  { all, filter, platform }: PruneRequest,
): Promise<RemovalPlan> {
  const draft = await PlanDraft.open(store, platform);
  const going: ListedImage[] = [];
  for (const image of draft.images) {
    const { names, repoDigests } = image;
    const isLeft = !draft.isParent(image) && names.length === 0;
    const mayGo = isLeft || (all && names.length + repoDigests.length > 0);
    if (mayGo && (await filter(image))) going.push(image);
  }
  for (const { names, repoDigests, imageId } of going) {
    const words = [...names, ...repoDigests];
    for (const word of words.length > 0 ? words : [digestHex(imageId)])
      draft.attempt(word, (on) => on.remove(word, {}));
  }
  return draft.finish();
}

type DraftOutcome =
  | {
      readonly kind: 'removed';
      readonly word: string;
      readonly steps: readonly DraftStep[];
      readonly kept: KeptImage | undefined;
    }
  | Extract<RemovalOutcome, { readonly kind: 'refused' }>;

/** A draft, and what it was made from. */
class PlanDraft {
  readonly #store: PlanStore;
  readonly #before: StoredRoots;
  readonly #draft: RemovalDraft;
  readonly #outcomes: DraftOutcome[] = [];

  private constructor(store: PlanStore, before: StoredRoots, platform: Platform) {
    this.#store = store;
    this.#before = before;
    this.#draft = new RemovalDraft(before, platform);
  }

  static async open(store: PlanStore, platform: Platform): Promise<PlanDraft> {
    const [refs, roots] = await Promise.all([
      collectAll(store.refs.list()),
      collectAll(store.images.list()),
    ]);
    return new PlanDraft(store, { refs, roots }, platform);
  }

  get images(): readonly ListedImage[] {
    return this.#draft.images;
  }

  isParent({ imageId }: ListedImage): boolean {
    return (this.#draft.kept(imageId)?.children.length ?? 0) > 0;
  }

  /** What the draft refuses is an outcome, too. */
  attempt(word: string, remove: (draft: RemovalDraft) => DraftRemoval): void {
    try {
      const { imageId, steps } = remove(this.#draft);
      this.#outcomes.push({ kind: 'removed', word, steps, kept: this.#draft.kept(imageId) });
    } catch (error) {
      if (!isCoded(error)) throw error;
      this.#outcomes.push({ kind: 'refused', word, error });
    }
  }

  async finish(): Promise<RemovalPlan> {
    const names = new Set(this.#draft.refs.map(({ name }) => name));
    const after = new Map(
      this.#draft.images.flatMap(({ roots }) => roots.map((root) => [root.target.digest, root])),
    );
    // What is listed nowhere cannot have been removed.
    const isListed = (root: ImageRoot): boolean => summaryOf(root).platforms.length > 0;
    const listed = this.#before.roots.filter(isListed);
    const images = listed.filter(({ target }) => !after.has(target.digest));
    const changed = listed.flatMap((before) => {
      const root = after.get(before.target.digest);
      return root && root !== before ? [{ before, after: root }] : [];
    });
    return {
      outcomes: await Promise.all(this.#outcomes.map(named)),
      freed: await this.#freed([
        ...after.values(),
        ...this.#before.roots.filter((root) => !isListed(root)),
      ]),
      removed: { refs: this.#before.refs.filter(({ name }) => !names.has(name)), images },
      changed,
    };
  }

  /** What images needed before, and those that are left do not. */
  async #freed(left: readonly ImageRoot[]): Promise<Collected> {
    const needed = new Set(left.flatMap(blobsOf));
    const before = new Set(this.#before.roots.flatMap(blobsOf));
    const unneeded = [...before].filter((digest) => !needed.has(digest));
    const stored = await Promise.all(unneeded.map((digest) => this.#store.content.stat(digest)));
    const infos = stored.flatMap((info) => (info ? [info] : []));
    return {
      blobs: infos.map(({ digest }) => digest),
      bytes: infos.reduce((sum, { size }) => sum + size, 0),
    };
  }
}

/** The outcome with layers by their chain IDs. */
async function named(outcome: DraftOutcome): Promise<RemovalOutcome> {
  if (outcome.kind === 'refused') return outcome;
  const steps: RemovalStep[] = [];
  for (const step of outcome.steps) {
    if (step.kind !== 'layer-deleted') {
      steps.push(step);
      continue;
    }
    const { kind, diffIds, unpackedSize } = step;
    const digest = await chainIdOf(diffIds);
    if (digest !== undefined) steps.push({ kind, digest, unpackedSize });
  }
  return { ...outcome, steps };
}

function blobsOf({ target, blobs }: ImageRoot): readonly Digest[] {
  return [target.digest, ...blobs];
}
