import { isCoded } from '../base/errors';
import { isDigest } from '../oci/digest';
import {
  canonicalReference,
  familiarReference,
  parseReference,
  withDefaultTag,
  type Reference,
} from '../oci/reference';
import { ImageError } from './errors';
import type { ListedImage } from './image-list';

const IDENTIFIER = /^[a-f0-9]{64}$/;

/**
 * The image that a name, an ID or the beginning of an ID means, by the rules of docker's engine: a name first, `latest` where it has no
 * tag, then an ID that no other begins with. Throws `no-such-image`, or `bad-reference` in the engine's words.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image.go (GetImage)
 */
export function findImage(images: readonly ListedImage[], text: string): ListedImage {
  const id = IDENTIFIER.test(text) ? `sha256:${text}` : text;
  if (isDigest(id)) {
    return images.find(({ imageId }) => imageId === id) ?? noSuchImage(id);
  }
  const reference = parseReference(text);
  return (
    findByName(images, reference) ??
    findByPrefix(images, text) ??
    noSuchImage(familiarReference(withDefaultTag(reference)))
  );
}

/** What is wrong with a name, as engine 20.10 says it: without the name that newer clients repeat. */
export function engineReferenceMessage(error: unknown): string | undefined {
  if (!isCoded(error) || error.code !== 'bad-reference') return undefined;
  return error.message.replace(
    /repository name \(.*\) must be lowercase$/,
    'repository name must be lowercase',
  );
}

/** Where a name has both tag and digest, the digest alone counts. */
function findByName(images: readonly ListedImage[], reference: Reference): ListedImage | undefined {
  const { registry, repository, digest } = reference;
  if (digest !== undefined) {
    const name = canonicalReference({ registry, repository, digest });
    return images.find(({ repoDigests }) => repoDigests.includes(name));
  }
  const name = canonicalReference(withDefaultTag(reference));
  return images.find(({ names }) => names.includes(name));
}

function findByPrefix(images: readonly ListedImage[], text: string): ListedImage | undefined {
  const prefix = text.startsWith('sha256:') ? text : `sha256:${text}`;
  const found = images.filter(({ imageId }) => imageId.startsWith(prefix));
  return found.length === 1 ? found[0] : undefined;
}

function noSuchImage(name: string): never {
  throw new ImageError('no-such-image', `No such image: ${name}`, { detail: { name } });
}
