import { engineReferenceMessage, parseEngineReference } from '../../../image/engine-reference';
import type { ListedImage } from '../../../image/image-list';
import { isDigest, type Digest } from '../../../oci/digest';
import {
  canonicalReference,
  familiarName,
  parseReference,
  type Reference,
} from '../../../oci/reference';
import type { CommandError } from '../../errors';
import { type CommandErrorOptions } from '../../errors';

/** An image to be saved, with those of its names that were asked for. */
export interface NamedImage {
  readonly image: ListedImage;
  /** As it was asked for first. */
  readonly askedAs: string;
  /** Each once, in the order in which they were asked for. */
  readonly names: readonly Reference[];
}

/** What is said of a name that means nothing. */
export type Refuse = (message: string, options?: CommandErrorOptions) => CommandError;

/**
 * The images that `docker save` means by these words, by the rules of its engine, which are not those of other commands: a repository without a
 * tag is all its tags, an ID or the beginning of one is the image without a name. Throws what `refuse` makes of the engine's words.
 * https://github.com/moby/moby/blob/v20.10.24/image/tarexport/save.go (parseNames)
 */
export function savedImages(
  images: readonly ListedImage[],
  words: readonly string[],
  refuse: Refuse,
): readonly NamedImage[] {
  const found = new Map<Digest, { image: ListedImage; askedAs: string; names: Reference[] }>();
  for (const word of words) {
    for (const { image, name } of lookUpSaved(images, word, refuse)) {
      const saved = found.get(image.imageId) ?? { image, askedAs: word, names: [] };
      found.set(image.imageId, saved);
      const isNew = !saved.names.some((known) => isSame(known, name));
      if (name && isNew) saved.names.push(name);
    }
  }
  return [...found.values()];
}

interface Match {
  readonly image: ListedImage;
  readonly name?: Reference;
}

const IDENTIFIER = /^[a-f0-9]{64}$/;

function lookUpSaved(
  images: readonly ListedImage[],
  word: string,
  refuse: Refuse,
): readonly Match[] {
  const id = IDENTIFIER.test(word) ? `sha256:${word}` : word;
  if (isDigest(id)) {
    const image = images.find(({ imageId }) => imageId === id);
    // The engine goes on with the path at which it looked for it.
    if (!image) throw refuse(`failed to get digest ${id}: no such file or directory`);
    return [{ image }];
  }
  const reference = parse(word, refuse);
  if (familiarName(reference) === 'sha256') return [{ image: search(images, word, refuse) }];
  if (reference.tag === undefined && reference.digest === undefined) {
    const tags = tagsOf(images, reference);
    return tags.length > 0 ? tags : [{ image: search(images, word, refuse) }];
  }
  return [lookUpReference(images, reference, refuse)];
}

function parse(word: string, refuse: Refuse): Reference {
  try {
    return parseEngineReference(word);
  } catch (error) {
    const message = engineReferenceMessage(error);
    throw message === undefined ? error : refuse(message, { cause: error });
  }
}

/** Every tag of a repository, in order; and the images that a registry knows by a digest in it, without a name. */
function tagsOf(
  images: readonly ListedImage[],
  { registry, repository }: Reference,
): readonly Match[] {
  const isHere = (name: Reference): boolean =>
    name.registry === registry && name.repository === repository;
  const tags = images.flatMap((image) =>
    image.names
      .map(parseReference)
      .filter(isHere)
      .map((name) => ({ image, name })),
  );
  tags.sort((a, b) => compareTags(a.name, b.name));
  const digests = images.filter(({ repoDigests }) => repoDigests.map(parseReference).some(isHere));
  return [...tags, ...digests.map((image) => ({ image }))];
}

function compareTags({ tag: a = '' }: Reference, { tag: b = '' }: Reference): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Where a name has both tag and digest, the digest alone counts. */
function lookUpReference(
  images: readonly ListedImage[],
  { registry, repository, tag, digest }: Reference,
  refuse: Refuse,
): Match {
  const name: Reference = digest
    ? { registry, repository, digest }
    : { registry, repository, ...(tag === undefined ? {} : { tag }) };
  const text = canonicalReference(name);
  const image = images.find(({ names, repoDigests }) =>
    (digest ? repoDigests : names).includes(text),
  );
  if (!image) throw refuse('reference does not exist');
  return digest ? { image } : { image, name };
}

/** The one image whose ID begins so. */
function search(images: readonly ListedImage[], word: string, refuse: Refuse): ListedImage {
  const prefix = word.startsWith('sha256:') ? word : `sha256:${word}`;
  const [found, ...others] = images.filter(({ imageId }) => imageId.startsWith(prefix));
  if (!found) throw refuse(`No such image: ${word}`);
  if (others.length > 0) throw refuse('ambiguous digest string');
  return found;
}

function isSame(a: Reference, b: Reference | undefined): boolean {
  return b !== undefined && canonicalReference(a) === canonicalReference(b);
}
