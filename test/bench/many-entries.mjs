import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const BLOCK = 512;

/** One header of an empty file or a directory, in the ustar format. */
function header(name, isDirectory) {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100);
  block.write(isDirectory ? '0000755' : '0000644', 100);
  block.write('0000000', 108);
  block.write('0000000', 116);
  block.write('00000000000', 124);
  block.write('14524370000', 136);
  block.write(isDirectory ? '5' : '0', 156);
  block.write('ustar\u000000', 257);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** A layer of so many entries: a third of them in one folder, the rest in folders of a thousand. */
export async function writeManyEntries(file, count) {
  const out = createWriteStream(file);
  const inOne = Math.floor(count / 3);
  let blocks = [header('one/', true)];
  for (let n = 1; n < count; n++) {
    if (n < inOne) blocks.push(header(`one/file-${n}`, false));
    else if (n % 1000 === 0) blocks.push(header(`many/folder-${n}/`, true));
    else blocks.push(header(`many/folder-${n - (n % 1000)}/file-${n}`, false));
    if (blocks.length === 1024) {
      out.write(Buffer.concat(blocks));
      blocks = [];
    }
  }
  out.end(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
  await finished(out);
}
