import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { printable } from './tar-listing';

/** An entry of a folder of the disk, in the words of `drydock files --format json`. */
export interface UnpackedEntry {
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly linkname: string;
  /** SHA-256 of a file's bytes, as hex digits; empty for all else. */
  readonly content: string;
}

/** All that is in a folder, sorted by path, bytewise. */
export async function listTree(folder: string): Promise<readonly UnpackedEntry[]> {
  const paths = await pathsIn(Buffer.from(`${folder}/`), Buffer.alloc(0));
  const byBytes = paths.sort((a, b) => Buffer.compare(a, b));
  return Promise.all(byBytes.map((path) => entryAt(folder, path)));
}

async function pathsIn(root: Buffer, folder: Buffer): Promise<Buffer[]> {
  const names = await readdir(Buffer.concat([root, folder]), {
    encoding: 'buffer',
    withFileTypes: true,
  });
  const lists = names.map(async (name) => {
    const path = Buffer.concat([folder, name.name]);
    if (!name.isDirectory()) return [path];
    return [path, ...(await pathsIn(root, Buffer.concat([path, Buffer.from('/')])))];
  });
  return (await Promise.all(lists)).flat();
}

async function entryAt(folder: string, path: Buffer): Promise<UnpackedEntry> {
  const file = Buffer.concat([Buffer.from(`${folder}/`), path]);
  const stats = await lstat(file);
  const { uid, gid, mode } = stats;
  const about = { path: printable(path), type: typeOf(stats), mode: mode & 0o7777, uid, gid };
  if (stats.isSymbolicLink()) {
    const linkname = printable(await readlink(file, { encoding: 'buffer' }));
    return { ...about, size: 0, linkname, content: '' };
  }
  if (!stats.isFile()) return { ...about, size: 0, linkname: '', content: '' };
  const content = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  return { ...about, size: stats.size, linkname: '', content };
}

function typeOf(stats: Stats): string {
  if (stats.isDirectory()) return 'dir';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isCharacterDevice()) return 'char';
  return stats.isBlockDevice() ? 'block' : 'file';
}
