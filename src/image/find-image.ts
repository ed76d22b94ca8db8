import { isDigest, type Digest } from '../oci/digest';
import {
  canonicalReference,
  familiarReference,
  withDefaultTag,
  type Reference,
} from '../oci/reference';
import { parseEngineReference } from './engine-reference';
import { ImageError } from './errors';
import type { ListedImage } from './image-list';

const IDENTIFIER = /^[a-f0-9]{64}$/;

/** Where an image is looked for. */
export interface ImageLookup {
  withId(imageId: Digest): ListedImage | undefined;
  /** By a tag or a digest, canonical; the first that has it. */
  withName(name: string): ListedImage | undefined;
  /** All whose ID begins so, `sha256:` included. */
  withIdPrefix(prefix: string): readonly ListedImage[];
}

/**
 * The image that a name, an ID or the beginning of an ID means, by the rules of docker's engine: a name first, `latest` where it has no
 * tag, then an ID that no other begins with. Throws `no-such-image`, or `bad-reference` in the engine's words.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image.go (GetImage)
 */
export function findImage(images: readonly ListedImage[], text: string): ListedImage {
  return lookUpImage(listLookup(images), text);
}

/** The same, where many are looked for in images that are found at once. */
export function lookUpImage(images: ImageLookup, text: string): ListedImage {
  const id = wholeId(text);
  if (id) return images.withId(id) ?? noSuchImage(id);
  const reference = parseEngineReference(text);
  return (
    images.withName(storedName(reference)) ??
    findByPrefix(images, text) ??
    noSuchImage(familiarReference(withDefaultTag(reference)))
  );
}

function listLookup(images: readonly ListedImage[]): ImageLookup {
  return {
    withId: (id) => images.find(({ imageId }) => imageId === id),
    withName: (name) =>
      images.find(({ names, repoDigests }) => names.includes(name) || repoDigests.includes(name)),
    withIdPrefix: (prefix) => images.filter(({ imageId }) => imageId.startsWith(prefix)),
  };
}

/** The canonical name that a text is, whether something has it or not; undefined for an ID in full. Throws `bad-reference`. */
export function nameMeant(text: string): string | undefined {
  return wholeId(text) ? undefined : storedName(parseEngineReference(text));
}

/** The canonical name that a reference is stored under: by its digest alone, where it has both. */
export function storedName(reference: Reference): string {
  const { registry, repository, digest } = reference;
  return digest === undefined
    ? canonicalReference(withDefaultTag(reference))
    : canonicalReference({ registry, repository, digest });
}

function wholeId(text: string): Digest | undefined {
  const id = IDENTIFIER.test(text) ? `sha256:${text}` : text;
  return isDigest(id) ? id : undefined;
}

function findByPrefix(images: ImageLookup, text: string): ListedImage | undefined {
  const found = images.withIdPrefix(text.startsWith('sha256:') ? text : `sha256:${text}`);
  return found.length === 1 ? found[0] : undefined;
}

function noSuchImage(name: string): never {
  throw new ImageError('no-such-image', `No such image: ${name}`, { detail: { name } });
}
