import { compareText } from '../../base/compare-text';
import { shortDigest, type Digest } from '../../oci/digest';
import type { Platform } from '../../oci/platform';
import { canonicalReference, parseReference, withDefaultTag } from '../../oci/reference';
import type { ImageRoot, Ref } from '../../store/metadata-store';
import { parseEngineReference } from '../engine-reference';
import { ImageError } from '../errors';
import { lookUpImage, storedName } from '../find-image';
import { imagesOf, summaryOf, type ListedImage, type StoredRoots } from '../image-list';
import { DraftImages } from './draft-images';
import { DraftRefs } from './draft-refs';
import { manifestFor, withoutPlatforms } from './removal-platforms';
import { deletedSteps, untaggedSteps, type DraftStep } from './removal-steps';

/** How an image is removed: docker's flags. */
export interface RemovalFlags {
  /** Removes an image by its ID though several names point to it. */
  readonly force?: boolean;
  /** Leaves images without a name that the removed one was built on. */
  readonly keepParents?: boolean;
}

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
  readonly #platform: Platform;
  #images: DraftImages;
  #refs: DraftRefs;

  constructor(stored: StoredRoots, platform: Platform) {
    this.#platform = platform;
    this.#images = new DraftImages(imagesOf(stored, platform));
    this.#refs = new DraftRefs(stored.refs);
  }

  /** Images that are left. */
  get images(): readonly ListedImage[] {
    return this.#images.all;
  }

  /** Names that are left. */
  get refs(): readonly Ref[] {
    return this.#refs.all;
  }

  /** An image that stays, and why: names that point to it, images that were built on it. Undefined for one that goes. */
  kept(imageId: Digest): KeptImage | undefined {
    const image = this.#images.withId(imageId);
    return image && { imageId, names: namesOf(image), children: this.#children(imageId) };
  }

  /**
   * Removes what a name or an ID means: a name is untagged, and its image goes with its last one; an ID means the image. Throws
   * `no-such-image`, `bad-reference` or `image-in-use`, and has then removed nothing.
   */
  remove(word: string, flags: RemovalFlags): DraftRemoval {
    const image = lookUpImage(this.#images, word);
    const { imageId } = image;
    return isIdPrefix(imageId, word)
      ? { imageId, steps: this.#removeById(image, flags) }
      : { imageId, steps: this.#removeName(image, word, flags) };
  }

  /**
   * Removes an image for some platforms, and every other image that holds the same manifests for them; one that is left without a platform
   * goes with its names. Throws `no-such-image`, `bad-reference` or `no-such-platform`, and has then removed nothing.
   * https://github.com/moby/moby/blob/v28.2.2/daemon/containerd/image_delete.go (deleteImagePlatforms)
   */
  removePlatforms(word: string, platforms: readonly Platform[]): DraftRemoval {
    const image = lookUpImage(this.#images, word);
    const manifests = new Set(platforms.map((platform) => manifestFor(image, platform)));
    const before = this.images.flatMap(({ roots }) => roots);
    const roots = before.flatMap((root) => withoutPlatforms(root, manifests) ?? []);
    const left = new Set(roots.map(({ target }) => target.digest));
    const lost = before.filter(({ target }) => !left.has(target.digest));
    const names = this.refs
      .filter(({ target }) => !left.has(target.digest))
      .map(({ name }) => name);
    const digests = lost.flatMap(({ repoDigests }) => repoDigests);
    const refs = this.refs.filter(({ target }) => left.has(target.digest));
    this.#refs = new DraftRefs(refs);
    this.#images = new DraftImages(imagesOf({ roots, refs }, this.#platform));
    const deleted = [...manifests].map((digest): DraftStep => ({
      kind: 'platform-deleted',
      digest,
    }));
    const untagged = untaggedSteps([...names, ...digests].sort(compareText));
    return { imageId: image.imageId, steps: [...deleted, ...untagged] };
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
    this.#images.delete(image.imageId);
    const steps = [...untaggedSteps(names), ...deletedSteps(image, this.#images.stacks)];
    const { parent: parentId } = image.shown;
    const parent = parentId && this.#images.withId(parentId);
    if (!parent || flags.keepParents || this.#conflict(parent, { ignoresNames: false }))
      return steps;
    return [...steps, ...this.#delete(parent, flags)];
  }

  /** The image without some of its names. A copy of it in another form, which has no name then, goes: docker knows one by its ID. */
  #untag(image: ListedImage, names: readonly string[]): ListedImage {
    const gone = new Set(names);
    const losing = new Set(names.map((name) => this.#refs.delete(name)));
    const roots = image.roots.map((root) => {
      const repoDigests = root.repoDigests.filter((name) => !gone.has(name));
      return repoDigests.length === root.repoDigests.length ? root : { ...root, repoDigests };
    });
    const isNamed = ({ target, repoDigests }: ImageRoot): boolean =>
      repoDigests.length > 0 || this.#refs.pointTo(target.digest);
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
    this.#images.replace(left);
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
    const built = this.#images.builtOn(imageId).map((child) => child.imageId);
    if (built.length === 0) return [];
    const ancestors = this.#ancestors(imageId);
    return built.filter((child) => !ancestors.has(child));
  }

  #ancestors(imageId: Digest): ReadonlySet<Digest> {
    const found = new Set<Digest>();
    for (let next: Digest | undefined = imageId; next !== undefined && !found.has(next);) {
      found.add(next);
      next = this.#images.withId(next)?.shown.parent;
    }
    return found;
  }
}

/** Tags and digests in the order in which the engine tells them. */
function namesOf({ names, repoDigests }: ListedImage): readonly string[] {
  return [...names, ...repoDigests].sort(compareText);
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
