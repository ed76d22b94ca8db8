import { rawBytes, type ListedEntry } from './tar-listing';

/** What may differ between an engine's answer and Drydock's, and why. Whatever is not here must be equal. */

/** One entry without its path, as both sides list it. */
type Entry = Omit<ListedEntry, 'path' | 'mtime'> & { readonly mtime: number | null };

/** How an engine keeps an image on its own disk, and when it was last tagged there. */
export function maskInspect(text: string): string {
  return text
    .replace(/"GraphDriver": \{.*?\n {8}\}/s, '"GraphDriver": {}')
    .replace(/"Metadata": \{.*?\n {8}\}/s, '"Metadata": {}');
}

/** `docker images` sorts by age; what is of the same second may come in any order, and nothing else. */
export function sortTies(text: string, secondOf: (row: string) => number): string[] {
  const sorted: string[] = [];
  let ties: string[] = [];
  for (const row of text.trimEnd().split('\n')) {
    if (ties[0] !== undefined && secondOf(ties[0]) !== secondOf(row)) {
      sorted.push(...ties.sort());
      ties = [];
    }
    ties.push(row);
  }
  return [...sorted, ...ties.sort()];
}

/**
 * An engine keeps every layer of an archive of docker 1.9 and older as an image of its own, and its history shows their IDs. Drydock keeps the
 * image alone.
 */
export function maskParents(history: string): string {
  const [head = '', image = '', ...parents] = history.split('\n');
  return [head, image, ...parents.map((row) => row.replace(/^\S+ */, ''))].join('\n');
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

interface Exported {
  readonly exported: readonly ListedEntry[];
  /** As `docker image inspect` has it. */
  readonly workingDir: string;
  /** When the engine began to load; milliseconds since 1970. */
  readonly loadedAt: number;
}

/**
 * A container's export as a listing of the image: what the engine added is left out, a hardlink is what it links to, and the time is null
 * of what the engine itself changed.
 */
export function imageEntries(
  { exported, workingDir, loadedAt }: Exported,
  image: ReadonlyMap<string, Entry>,
): Map<string, Entry> {
  const byPath = new Map(exported.map((entry) => [entry.path, entry]));
  const entries = new Map<string, Entry>();
  for (const { path, ...entry } of exported) {
    const isMade = MADE_FOR_A_CONTAINER.has(path) || `${workingDir}/`.startsWith(`/${path}/`);
    if (path === '' || (isMade && !image.has(path))) continue;
    const { type, size } = (entry.type === 'hardlink' && byPath.get(entry.linkname)) || entry;
    const linkname = entry.type === 'hardlink' ? '' : entry.linkname;
    const isTouched = entry.mtime >= Math.floor(loadedAt / 1000) && (isMade || type === 'dir');
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

/** A layer's tar as `drydock files --layer` has it: whiteouts by what they hide, the last of duplicates, sorted by the bytes of the path. */
export function layerEntries(listed: readonly ListedEntry[]): readonly object[] {
  const entries = new Map<string, ListedEntry & { readonly whiteout: boolean }>();
  for (const entry of listed) {
    const [, folder = '', name = ''] = /^(?:(.*)\/)?(.*)$/s.exec(entry.path) ?? [];
    const inFolder = (path: string): string => (folder === '' ? path : `${folder}/${path}`);
    const hides = { ...entry, size: 0, whiteout: true };
    if (name === '.wh..wh..opq') {
      entries.set(`${folder} opaque`, { ...hides, path: folder, type: 'opaque' });
    } else if (name.startsWith('.wh..wh.') || entry.path === '') {
      continue;
    } else if (name.startsWith('.wh.')) {
      const path = inFolder(name.slice('.wh.'.length));
      entries.set(`${path} whiteout`, { ...hides, path, type: 'file' });
    } else {
      entries.set(entry.path, { ...entry, whiteout: false });
    }
  }
  return [...entries.values()].sort(
    (a, b) =>
      Buffer.compare(rawBytes(a.path), rawBytes(b.path)) || Number(b.whiteout) - Number(a.whiteout),
  );
}
