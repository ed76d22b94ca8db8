import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { END, header } from './tar.mjs';

/** A layer of so many entries: a third of them in one folder, the rest in folders of a thousand. */
export async function writeManyEntries(file, count) {
  const out = createWriteStream(file);
  const inOne = Math.floor(count / 3);
  let blocks = [header('one/', { isDirectory: true })];
  for (let n = 1; n < count; n++) {
    if (n < inOne) blocks.push(header(`one/file-${n}`));
    else if (n % 1000 === 0) blocks.push(header(`many/folder-${n}/`, { isDirectory: true }));
    else blocks.push(header(`many/folder-${n - (n % 1000)}/file-${n}`));
    if (blocks.length === 1024) {
      out.write(Buffer.concat(blocks));
      blocks = [];
    }
  }
  out.end(Buffer.concat([...blocks, END]));
  await finished(out);
}
