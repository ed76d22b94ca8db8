import type { ListedEntry } from './tar-listing';

/** What may differ between an engine's answer and Drydock's, and why. Whatever is not here must be equal. */

/** One entry without its path, as both sides list it. */
type Entry = Omit<ListedEntry, 'path' | 'mtime'> & { readonly mtime: number | null };

/** How an engine keeps an image on its own disk, and when it was last tagged there. */
export function maskInspect(text: string): string {
  return text
    .replace(/"GraphDriver": \{.*?\n {8}\}/s, '"GraphDriver": {}')
    .replace(/"Metadata": \{.*?\n {8}\}/s, '"Metadata": {}');
}

/** `docker images` sorts by age; what is of the same second may come in any order. */
export function sortRows(text: string): string[] {
  return text.trimEnd().split('\n').sort();
}

/** Mount points and files that an engine puts into every container it creates. */
const MADE_FOR_A_CONTAINER = new Set([
  '.dockerenv',
  'dev',
  'dev/console',
  'dev/pts',
  'dev/shm',
  'etc',
  'etc/hostname',
  'etc/hosts',
  'etc/mtab',
  'etc/resolv.conf',
  'proc',
  'sys',
]);

/** Drydock's listing by path. An engine sets no time before 1970. */
export function listedEntries(files: readonly ListedEntry[]): Map<string, Entry> {
  return new Map(
    files.map(({ path, type, mode, uid, gid, size, mtime, linkname }) => [
      path,
      { type, mode, uid, gid, size, mtime: Math.max(mtime, 0), linkname },
    ]),
  );
}

/**
 * A container's export as a listing of the image: what the engine added is left out, a hardlink is what it links to, and the time is null
 * of a directory that the engine itself changed.
 */
export function imageEntries(
  exported: readonly ListedEntry[],
  image: ReadonlyMap<string, Entry>,
  loadedAt: number,
): Map<string, Entry> {
  const byPath = new Map(exported.map((entry) => [entry.path, entry]));
  const entries = new Map<string, Entry>();
  for (const { path, ...entry } of exported) {
    if (path === '' || (MADE_FOR_A_CONTAINER.has(path) && !image.has(path))) continue;
    const { type, size } = (entry.type === 'hardlink' && byPath.get(entry.linkname)) || entry;
    const linkname = entry.type === 'hardlink' ? '' : entry.linkname;
    const isTouched = type === 'dir' && entry.mtime >= Math.floor(loadedAt / 1000);
    entries.set(path, { ...entry, type, size, linkname, mtime: isTouched ? null : entry.mtime });
  }
  return entries;
}

/** The same listing without the times that are null in the other. */
export function withoutTimes(
  entries: ReadonlyMap<string, Entry>,
  other: ReadonlyMap<string, Entry>,
): Map<string, Entry> {
  const without = new Map(entries);
  for (const [path, entry] of entries) {
    if (other.get(path)?.mtime === null) without.set(path, { ...entry, mtime: null });
  }
  return without;
}
