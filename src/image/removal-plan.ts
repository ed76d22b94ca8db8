import { isCoded, type CodedError } from '../base/errors';
import { chainIdOf } from '../layer/chain-id';
import { digestHex, type Digest } from '../oci/digest';
import type { Platform } from '../oci/platform';
import type { ImageRoot, Ref } from '../store/metadata-store';
import type { Collected, Store } from '../store/store';
import { listImages, type ListedImage } from './image-list';
import { RemovalDraft, type DraftStep, type KeptImage, type RemovalFlags } from './removal-draft';

/** One thing that a removal does. */
export type RemovalStep =
  /** A tag or a digest; canonical. */
  | { readonly kind: 'untagged'; readonly name: string }
  /** By its image ID. */
  | { readonly kind: 'image-deleted'; readonly digest: Digest }
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
  /** Images that stay and lose a digest that a registry knows them by. */
  readonly changed: readonly { readonly before: ImageRoot; readonly after: ImageRoot }[];
}

/** What planning reads. */
export type PlanStore = Pick<Store, 'images' | 'refs' | 'content'>;

export interface RemovalRequest extends RemovalFlags {
  /** Names and IDs, as typed. */
  readonly words: readonly string[];
  /** An image's ID is that of its configuration for this platform. */
  readonly platform: Platform;
}

/** Works out what `docker rm` of these words does. */
export async function planRemoval(
  store: PlanStore,
  { words, platform, ...flags }: RemovalRequest,
): Promise<RemovalPlan> {
  const draft = await PlanDraft.open(store, platform);
  for (const word of words) draft.remove(word, flags);
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
    for (const word of words.length > 0 ? words : [digestHex(imageId)]) draft.remove(word, {});
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
  readonly #draft: RemovalDraft;
  readonly #outcomes: DraftOutcome[] = [];

  private constructor(
    store: PlanStore,
    readonly images: readonly ListedImage[],
    readonly roots: readonly ImageRoot[],
    readonly refs: readonly Ref[],
  ) {
    this.#store = store;
    this.#draft = new RemovalDraft({ images, refs });
  }

  static async open(store: PlanStore, platform: Platform): Promise<PlanDraft> {
    const images = await listImages(store, platform);
    return new PlanDraft(
      store,
      images,
      await all(store.images.list()),
      await all(store.refs.list()),
    );
  }

  isParent({ imageId }: ListedImage): boolean {
    return (this.#draft.kept(imageId)?.children.length ?? 0) > 0;
  }

  remove(word: string, flags: RemovalFlags): void {
    try {
      const { imageId, steps } = this.#draft.remove(word, flags);
      this.#outcomes.push({ kind: 'removed', word, steps, kept: this.#draft.kept(imageId) });
    } catch (error) {
      if (!isCoded(error)) throw error;
      this.#outcomes.push({ kind: 'refused', word, error });
    }
  }

  async finish(): Promise<RemovalPlan> {
    const { images, refs } = this.#draft.rest;
    const before = new Map(rootsOf(this.images).map((root) => [root.target.digest, root]));
    const after = new Map(rootsOf(images).map((root) => [root.target.digest, root]));
    const gone = [...before.values()].filter(({ target }) => !after.has(target.digest));
    const names = new Set(refs.map(({ name }) => name));
    return {
      outcomes: await Promise.all(this.#outcomes.map(named)),
      freed: await this.#freed(gone),
      removed: { refs: this.refs.filter(({ name }) => !names.has(name)), images: gone },
      changed: [...after].flatMap(([digest, root]) => {
        const was = before.get(digest);
        return was && was !== root ? [{ before: was, after: root }] : [];
      }),
    };
  }

  /** What the removed images need and no other does. */
  async #freed(gone: readonly ImageRoot[]): Promise<Collected> {
    const digests = new Set(gone.map(({ target }) => target.digest));
    const left = this.roots.filter(({ target }) => !digests.has(target.digest));
    const needed = new Set(left.flatMap(blobsOf));
    const unneeded = [...new Set(gone.flatMap(blobsOf))].filter((digest) => !needed.has(digest));
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

function rootsOf(images: readonly ListedImage[]): readonly ImageRoot[] {
  return images.flatMap(({ roots }) => roots);
}

function blobsOf({ target, blobs }: ImageRoot): readonly Digest[] {
  return [target.digest, ...blobs];
}

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}
