import type { AbortOptions, Clock } from '../base/task';
import type { Digest } from '../oci/digest';
import type { Platform } from '../oci/platform';
import {
  canonicalReference,
  familiarName,
  parseNamed,
  withDefaultTag,
  type Reference,
} from '../oci/reference';
import type { ImageRoot } from '../store/metadata-store';
import type { Store } from '../store/store';
import { checkEngineName } from './engine-reference';
import { ImageError } from './errors';
import { findImage, nameMeant } from './find-image';
import { listImages } from './image-list';
import { retryConflicts } from './retry-conflicts';

export type TagStore = Pick<Store, 'images' | 'refs' | 'commit' | 'locks'>;

export interface TagRequest {
  /** A name or an ID, as typed. */
  readonly source: string;
  /** What `checkTarget` or `parseTarget` gave. */
  readonly target: Reference;
  readonly platform: Platform;
  readonly now: Clock;
}

/** Where a tag is now, and where it was before. */
export interface Tagged {
  /** Canonical. */
  readonly name: string;
  readonly imageId: Digest;
  /** Digest of the manifest or index that the name pointed to, where that was another. */
  readonly previous?: Digest;
}

/**
 * What someone wants to call an image, `latest` where there is no tag: for a dialog to call as they type. Throws `bad-reference` or
 * `bad-tag`, in the words in which docker's client or its engine refuses it.
 */
export function checkTarget(text: string): Reference {
  const reference = parseTarget(text);
  checkStorable(reference);
  return reference;
}

/** The part of it that docker's client checks. */
export function parseTarget(text: string): Reference {
  const { digest, ...reference } = parseNamed(text);
  if (digest !== undefined) {
    throw new ImageError('bad-tag', 'refusing to create a tag with a digest reference');
  }
  return withDefaultTag(reference);
}

/** The part of it that is left to the engine. https://github.com/moby/moby/blob/v20.10.24/reference/store.go (AddTag) */
function checkStorable(reference: Reference): void {
  checkEngineName(reference);
  if (familiarName(reference) === 'sha256') {
    throw new ImageError(
      'bad-tag',
      'refusing to create an ambiguous tag using digest algorithm as name',
    );
  }
}

/**
 * `docker tag`: lets a name point to an image, wherever it pointed before. Throws `no-such-image`, or what `checkTarget` throws; rejects
 * with `store-conflict` where other tabs do nothing but change the same image.
 */
export function tagImage(
  store: TagStore,
  { source, target, platform, now }: TagRequest,
  { signal }: AbortOptions = {},
): Promise<Tagged> {
  return retryConflicts(store, async () => {
    const image = findImage(await listImages(store, platform), source);
    checkStorable(target);
    const name = canonicalReference(target);
    const before = (await store.refs.resolve(name))?.digest ?? null;
    const root = await rootOf(store, image.roots, [name, nameMeant(source)]);
    signal?.throwIfAborted();
    await store.commit({
      expected: { refs: [[name, before]], images: [[root.target.digest, root]] },
      putImages: [{ ...root, storedAt: now() }],
      putRefs: [{ name, target: root.target }],
    });
    const isMoved = before !== null && before !== root.target.digest;
    return { name, imageId: image.imageId, ...(isMoved ? { previous: before } : {}) };
  });
}

/** Of the forms in which an image is stored, the one that a name points to: the target's own, or the source's. */
async function rootOf(
  { refs }: TagStore,
  roots: readonly ImageRoot[],
  names: readonly (string | undefined)[],
): Promise<ImageRoot> {
  for (const name of names) {
    if (name === undefined) continue;
    const target = await refs.resolve(name);
    const root = roots.find(
      (each) => each.target.digest === target?.digest || each.repoDigests.includes(name),
    );
    if (root) return root;
  }
  const [first] = roots;
  if (!first) throw new RangeError('a listed image is stored in no form');
  return first;
}
