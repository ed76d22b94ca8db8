import { createCipheriv } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shell } from './program.mjs';

const MIB = 1024 * 1024;
const LARGEST_FILE_BYTES = 64 * MIB;
const SMALL_FILE_BYTES = MIB / 4;
/** Trees of the machine that look like what images hold: programs and libraries, then many small files. */
const SOURCES = ['/usr/bin', '/usr/lib', '/usr/share', '/usr/include', '/usr/local'];

/** Walks the machine's own files in a fixed order, and gives each path once. */
function* machineFiles(folders = SOURCES) {
  for (const folder of folders.filter((path) => existsSync(path))) {
    yield folder;
    const names = readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    for (const entry of names) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* machineFiles([path]);
      else if (entry.isFile() || entry.isSymbolicLink()) yield path;
    }
  }
}

/**
 * Makes layers from one walk over the machine's files, so that none is in two layers.
 * What the machine has not got is made up of generated files.
 */
export class TreeLayers {
  #files = machineFiles();

  /** Writes a layer of about so many bytes and, at most, so many small entries. */
  async write(file, { bytes, largest = LARGEST_FILE_BYTES, entries = Infinity }) {
    const list = [];
    let total = 0;
    while (total < bytes) {
      const { value: path, done } = this.#files.next();
      if (done) break;
      const stat = lstatSync(path);
      if (stat.isFile() && stat.size > largest) continue;
      if (list.length >= entries && stat.size < SMALL_FILE_BYTES) continue;
      list.push(path.slice(1));
      total += stat.isFile() ? stat.size : 0;
    }
    const names = `${file}.names`;
    writeFileSync(names, list.join('\0'));
    const reproducible =
      '--mtime=@1700000000 --owner=0 --group=0 --numeric-owner --hard-dereference';
    const from = '--null --verbatim-files-from --no-recursion -T "$2"';
    await shell(`tar --format=posix ${reproducible} -cf "$1" -C / ${from}; rm "$2"`, file, names);
    if (total < bytes) await this.#fill(file, bytes - total);
  }

  async #fill(file, bytes) {
    const folder = `${file}.fill`;
    const each = 4 * MIB;
    for (let n = 0; n * each < bytes; n++) {
      const path = join(folder, 'opt', 'fill', `${n}.bin`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, noise(Math.min(each, bytes - n * each), n));
    }
    await shell('tar -rf "$1" -C "$2" opt; rm -r "$2"', file, folder);
  }
}

/** The same bytes for the same number; the half of them compress well, as a program's do. */
export function noise(bytes, number) {
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(number);
  const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16), iv).update(Buffer.alloc(bytes));
  for (let at = 0; at < bytes; at += 8192) stream.fill(0x41, at, at + 4096);
  return stream;
}

/** A layer of generated sources: many small files of text in nested folders. */
export async function writeSources(file, count) {
  const folder = `${file}.sources`;
  for (let n = 0; n < count; n++) {
    const path = join(folder, 'srv/app', `module-${n % 400}`, `part-${n % 7}`, `file-${n}.js`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `export const value${n} = ${n * n};\n`.repeat(1 + ((n * 7919) % 400)));
  }
  await shell('tar --mtime=@1700000000 --sort=name -cf "$1" -C "$2" srv; rm -r "$2"', file, folder);
}

/** A layer of a few small files and a removal. */
export async function writeSmall(file, name) {
  const folder = `${file}.small`;
  mkdirSync(join(folder, 'etc'), { recursive: true });
  writeFileSync(join(folder, 'etc', name), `${name}\n`);
  writeFileSync(join(folder, 'etc', `.wh.not-${name}`), '');
  await shell('tar --mtime=@1700000000 --sort=name -cf "$1" -C "$2" etc; rm -r "$2"', file, folder);
}
