import type { LibraryRow } from '../library/library-row';

/** Where the words of output lead: names, long and short IDs of images that are stored. */
export function consoleLinks(rows: readonly LibraryRow[]): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const { names, imageId, shortId, href } of rows) {
    if (imageId === undefined || href === undefined) continue;
    const id = imageId.slice('sha256:'.length);
    for (const word of [imageId, id, shortId, ...names.map(({ text }) => text)]) {
      links.set(word, href);
    }
  }
  return links;
}
