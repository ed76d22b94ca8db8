import { parseReference, type Reference } from '../oci/reference';
import { shorten } from './archive-entries';
import { ArchiveError } from './errors';

/** A name that a document of an archive has for an image; `what` is the place in that document. Throws `bad-name`. */
export function imageName(text: string, what: string): Reference {
  try {
    return parseReference(text);
  } catch (cause) {
    throw badName(text, what, 'which is no name of an image', cause);
  }
}

/** `fault` is the rest of a sentence: `which has no tag`. */
export function badName(text: string, what: string, fault: string, cause?: unknown): ArchiveError {
  const name = shorten(text);
  return new ArchiveError('bad-name', `${what} is called "${name}", ${fault}.`, {
    detail: { name, what },
    cause,
  });
}
