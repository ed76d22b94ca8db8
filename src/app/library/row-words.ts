import type { LibraryRow } from './library-row';

/** The word that a command takes for a row: its first name, or its ID where it has none. */
export function wordOf({ names, shortId }: LibraryRow): string {
  return names[0]?.text ?? shortId;
}

/** The words for a row under all of its names: its ID where it has none. */
export function wordsOf({ names, shortId }: LibraryRow): readonly string[] {
  return names.length > 0 ? names.map(({ text }) => text) : [shortId];
}

/** A short name for a row: repository and tag, of an untagged image its ID. */
export function shortNameOf({ names, shortId }: LibraryRow): string {
  const [name] = names;
  if (!name) return shortId;
  return name.tag === '' ? name.repository : `${name.repository}:${name.tag}`;
}

/** What a question about rows is about: the one, or how many. */
export function subjectOf(
  rows: readonly LibraryRow[],
  { images }: { readonly images: (count: number) => string },
): string {
  const [row] = rows;
  return row && rows.length === 1 ? wordOf(row) : images(rows.length);
}
