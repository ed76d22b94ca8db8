import { compareText } from '../base/compare-text';
import { shortDigest, type Digest } from '../oci/digest';
import { canonicalReference, parseReference, withDefaultTag } from '../oci/reference';
import type { ImageRoot, Ref } from '../store/metadata-store';
import { parseEngineReference } from './engine-reference';
import { ImageError } from './errors';
import { findImage, storedName } from './find-image';
import { summaryOf, type ListedImage } from './image-list';
import type { PlatformSummary } from './image-summary';

/** What the store has of images and names. */
export interface ImageSnapshot {
  readonly images: readonly ListedImage[];
  readonly refs: readonly Ref[];
}

/** How an image is removed: docker's flags. */
export interface RemovalFlags {
  /** Removes an image by its ID though several names point to it. */
  readonly force?: boolean;
  /** Leaves images without a name that the removed one was built on. */
  readonly keepParents?: boolean;
}

/** One thing that a removal does. */
export type DraftStep =
  | { readonly kind: 'untagged'; readonly name: string }
  | { readonly kind: 'image-deleted'; readonly digest: Digest }
  | {
      readonly kind: 'layer-deleted';
      /** The layer's own and those of the layers below it, base first. */
      readonly diffIds: readonly Digest[];
      /** Bytes of file content. */
      readonly unpackedSize: number;
    };

export interface DraftRemoval {
  /** The image that the word meant. */
  readonly imageId: Digest;
  readonly steps: readonly DraftStep[];
}

/** An image that a word meant and that stays. */
export interface KeptImage {
  readonly imageId: Digest;
  /** Tags and digests that still point to it; canonical. */
  readonly names: readonly string[];
  /** IDs of images that were built on it. */
  readonly children: readonly Digest[];
}

/**
 * Removals as docker's engine does them, one after the other, on a copy of what the store has: nothing is changed but the draft.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_delete.go
 */
export class RemovalDraft {
  #images: readonly ListedImage[];
  #refs: ReadonlyMap<string, Ref>;

  constructor({ images, refs }: ImageSnapshot) {
    this.#images = images;
    this.#refs = new Map(refs.map((ref) => [ref.name, ref]));
  }

  /** Images and names that are left. */
  get rest(): ImageSnapshot {
    return { images: this.#images, refs: [...this.#refs.values()] };
  }

  /** An image that stays, and why: names that point to it, images that were built on it. Undefined for one that goes. */
  kept(imageId: Digest): KeptImage | undefined {
    const image = this.#images.find((each) => each.imageId === imageId);
    return image && { imageId, names: namesOf(image), children: this.#children(imageId) };
  }

  /**
   * Removes what a name or an ID means: a name is untagged, and its image goes with its last one; an ID means the image. Throws
   * `no-such-image`, `bad-reference` or `image-in-use`, and has then removed nothing.
   */
  remove(word: string, flags: RemovalFlags): DraftRemoval {
    const image = findImage(this.#images, word);
    const { imageId } = image;
    return isIdPrefix(imageId, word)
      ? { imageId, steps: this.#removeById(image, flags) }
      : { imageId, steps: this.#removeName(image, word, flags) };
  }

  #removeById(image: ListedImage, flags: RemovalFlags): readonly DraftStep[] {
    const isNamedOnce = isSingleReference(image);
    const conflict = this.#conflict(image, { ignoresNames: flags.force || isNamedOnce });
    if (conflict) throw conflict;
    return this.#delete(image, flags);
  }

  #removeName(image: ListedImage, word: string, flags: RemovalFlags): readonly DraftStep[] {
    const reference = withDefaultTag(parseEngineReference(word));
    const { registry, repository, digest } = reference;
    const steps: DraftStep[] = [{ kind: 'untagged', name: canonicalReference(reference) }];
    let left = this.#untag(image, [storedName(reference)]);
    const prefix = canonicalReference({ registry, repository });
    const isTagged = left.names.some((each) => each.startsWith(`${prefix}:`));
    if (digest === undefined && !isTagged) {
      const digests = left.repoDigests.filter((each) => each.startsWith(`${prefix}@`));
      steps.push(...untaggedSteps(digests));
      left = this.#untag(left, digests);
    }
    if (namesOf(left).length > 0) return steps;
    const conflict = this.#conflict(left, { ignoresNames: false });
    return conflict ? steps : [...steps, ...this.#delete(left, flags)];
  }

  /** Deletes an image that nothing speaks against, its names, and parents that nothing else needs. */
  #delete(image: ListedImage, flags: RemovalFlags): readonly DraftStep[] {
    const names = namesOf(image);
    this.#untag(image, names);
    this.#images = this.#images.filter(({ imageId }) => imageId !== image.imageId);
    const steps = [...untaggedSteps(names), ...deletedSteps(image, this.#platforms())];
    const parent = this.#images.find(({ imageId }) => imageId === image.shown.parent);
    if (!parent || flags.keepParents || this.#conflict(parent, { ignoresNames: false }))
      return steps;
    return [...steps, ...this.#delete(parent, flags)];
  }

  /** The image without some of its names. A copy of it in another form, which has no name then, goes: docker knows one by its ID. */
  #untag(image: ListedImage, names: readonly string[]): ListedImage {
    const gone = new Set(names);
    const losing = new Set(names.map((name) => this.#refs.get(name)?.target.digest));
    this.#refs = new Map([...this.#refs].filter(([name]) => !gone.has(name)));
    const roots = image.roots.map((root) => {
      const repoDigests = root.repoDigests.filter((name) => !gone.has(name));
      return repoDigests.length === root.repoDigests.length ? root : { ...root, repoDigests };
    });
    const isNamed = ({ target, repoDigests }: ImageRoot): boolean =>
      repoDigests.length > 0 ||
      [...this.#refs.values()].some((ref) => ref.target.digest === target.digest);
    const named = roots.filter(isNamed);
    const left: ListedImage = {
      ...image,
      roots: roots.filter(
        (root) =>
          !losing.has(root.target.digest) ||
          isNamed(root) ||
          !named.some((each) => hasAll(each, root)),
      ),
      names: image.names.filter((name) => !gone.has(name)),
      repoDigests: image.repoDigests.filter((name) => !gone.has(name)),
    };
    this.#images = this.#images.map((each) => (each.imageId === image.imageId ? left : each));
    return left;
  }

  #conflict(
    image: ListedImage,
    { ignoresNames = false }: { readonly ignoresNames: boolean | undefined },
  ): ImageError | undefined {
    if (this.#children(image.imageId).length > 0) {
      return inUse(image, 'cannot be forced', 'image has dependent child images');
    }
    if (!ignoresNames && namesOf(image).length > 0) {
      return inUse(image, 'must be forced', 'image is referenced in multiple repositories');
    }
    return undefined;
  }

  /** A hostile archive may say that images were built on each other: that counts for nothing. */
  #children(imageId: Digest): readonly Digest[] {
    const ancestors = this.#ancestors(imageId);
    return this.#images
      .filter((image) => image.shown.parent === imageId && !ancestors.has(image.imageId))
      .map((child) => child.imageId);
  }

  #ancestors(imageId: Digest): ReadonlySet<Digest> {
    const found = new Set<Digest>();
    for (let next: Digest | undefined = imageId; next !== undefined && !found.has(next);) {
      found.add(next);
      next = this.#images.find((image) => image.imageId === next)?.shown.parent;
    }
    return found;
  }

  #platforms(): readonly PlatformSummary[] {
    return this.#images.flatMap(({ roots }) => roots.flatMap((root) => summaryOf(root).platforms));
  }
}

/** Tags and digests in the order in which the engine tells them. */
function namesOf({ names, repoDigests }: ListedImage): readonly string[] {
  return [...names, ...repoDigests].sort(compareText);
}

function untaggedSteps(names: readonly string[]): readonly DraftStep[] {
  return names.map((name) => ({ kind: 'untagged', name }));
}

/** What goes with an image: its IDs, one a platform, and from the top the layers that no platform which is left stands on. */
function deletedSteps(
  { shown, roots }: ListedImage,
  left: readonly PlatformSummary[],
): readonly DraftStep[] {
  const others = roots.flatMap((root) => summaryOf(root).platforms);
  const going = [...new Map([shown, ...others].map((each) => [each.imageId, each])).values()];
  return going.flatMap(({ imageId, layers }, index): readonly DraftStep[] => {
    const needing = [...left, ...going.slice(index + 1)];
    if (left.some((platform) => platform.imageId === imageId)) return [];
    const diffIds = layers.map((layer) => layer.diffId);
    const kept = Math.max(0, ...needing.map((platform) => sharedDepth(diffIds, platform)));
    const deleted = layers.slice(kept).map(({ unpackedSize }, above): DraftStep => ({
      kind: 'layer-deleted',
      diffIds: diffIds.slice(0, kept + above + 1),
      unpackedSize,
    }));
    return [{ kind: 'image-deleted', digest: imageId }, ...deleted.reverse()];
  });
}

/** How many layers two images have in common, from the base on. */
function sharedDepth(diffIds: readonly Digest[], { layers }: PlatformSummary): number {
  const differs = diffIds.findIndex((diffId, depth) => layers[depth]?.diffId !== diffId);
  return differs < 0 ? diffIds.length : differs;
}

/** Whether one stored form of an image holds every platform of another. */
function hasAll(one: ImageRoot, other: ImageRoot): boolean {
  const ids = new Set(summaryOf(one).platforms.map(({ imageId }) => imageId));
  return summaryOf(other).platforms.every(({ imageId }) => ids.has(imageId));
}

function isIdPrefix(imageId: Digest, text: string): boolean {
  return imageId.startsWith(text) || imageId.startsWith(`sha256:${text}`);
}

/** True for at most one tag, and digests of its repository alone; false for none at all. */
function isSingleReference(image: ListedImage): boolean {
  const names = namesOf(image);
  if (names.length <= 1) return names.length === 1;
  if (image.names.length > 1) return false;
  const repositories = new Set(names.map(repositoryOf));
  return repositories.size === 1;
}

function repositoryOf(name: string): string {
  const { registry, repository } = parseReference(name);
  return `${registry}/${repository}`;
}

function inUse({ imageId }: ListedImage, force: string, why: string): ImageError {
  return new ImageError(
    'image-in-use',
    `conflict: unable to delete ${shortDigest(imageId)} (${force}) - ${why}`,
    { detail: { imageId } },
  );
}
