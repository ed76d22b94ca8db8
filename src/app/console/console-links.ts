import { shortDigest } from '../../oci/digest';
import { parseReference } from '../../oci/reference';
import type { LibraryRow } from '../library/library-row';
import { pullHash } from '../registry/pull-route';

/** Where the words of output lead. */
export interface ConsoleLinks {
  /** The image that a word is a name, a digest or an ID of; undefined where none that is here is. */
  imageOf(word: string): string | undefined;
  /** The image of a name; of one that is not here the Pull page. Undefined for what is no name. */
  leadOf(name: string): string | undefined;
}

/** Where names, IDs and digests of the images of the list lead. */
export function consoleLinks(rows: readonly LibraryRow[]): ConsoleLinks {
  const links = knownWords(rows);
  const imageOf = (word: string): string | undefined =>
    links.get(word) ?? links.get(word.replace(OFFICIAL, '')) ?? links.get(digestIn(word));
  return {
    imageOf,
    leadOf: (name) => imageOf(name) ?? links.get(`${name}:latest`) ?? pullHashOf(name),
  };
}

/** What people leave out of a name. */
const OFFICIAL = /^docker\.io\/(?:library\/)?/;
const ID = /^(?:sha256:)?[0-9a-f]{7,64}$/;

function knownWords(rows: readonly LibraryRow[]): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const { names, imageId, href, digests = [] } of rows) {
    if (imageId === undefined || href === undefined) continue;
    for (const [digest, place] of [...digests, [imageId, href] as const]) {
      for (const word of [digest, digest.slice('sha256:'.length), shortDigest(digest)]) {
        links.set(word, place);
      }
    }
    for (const { text } of names) links.set(text, href);
  }
  return links;
}

/** `sha256:…` of `name@sha256:…`; empty where there is none. */
function digestIn(word: string): string {
  const at = word.indexOf('@');
  return at < 0 ? '' : word.slice(at + 1);
}

function pullHashOf(name: string): string | undefined {
  if (ID.test(name)) return undefined;
  try {
    return pullHash(parseReference(name));
  } catch {
    return undefined;
  }
}
