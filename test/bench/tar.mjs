const BLOCK = 512;

/** What ends a tar. */
export const END = Buffer.alloc(2 * BLOCK);

/** One header in the ustar format; a name of up to 100 bytes. */
export function header(name, { size = 0, isDirectory = false } = {}) {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100);
  block.write(isDirectory ? '0000755' : '0000644', 100);
  block.write('0000000', 108);
  block.write('0000000', 116);
  block.write(size.toString(8).padStart(11, '0'), 124);
  block.write('14524370000', 136);
  block.write(isDirectory ? '5' : '0', 156);
  block.write('ustar\u000000', 257);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** A tar of files, as pairs of name and content. */
export function tar(files) {
  const blocks = files.flatMap(([name, content]) => {
    const bytes = Buffer.from(content);
    const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
    return [header(name, { size: bytes.length }), bytes, padding];
  });
  return Buffer.concat([...blocks, END]);
}
