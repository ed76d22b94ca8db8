import { LayerError } from './errors';
import type { LayerEntry } from './index/layer-index';

/** The error for reading what is no file: it says what it is, and of a link where it points. */
export function notAFile(entry: LayerEntry): LayerError {
  const { path, type, linkname, whiteout } = entry;
  return new LayerError('not-a-file', `"${path}" is ${describe(entry)}, not a file.`, {
    detail: { path, type: whiteout ? 'whiteout' : type, linkname },
  });
}

function describe({ type, linkname, whiteout }: LayerEntry): string {
  if (whiteout) return 'deleted by this layer';
  switch (type) {
    case 'file':
      return 'a file';
    case 'dir':
      return 'a directory';
    case 'symlink':
      return `a symbolic link to "${linkname}"`;
    case 'hardlink':
      return `a hard link to "${linkname}", which is not there`;
    case 'char':
      return 'a character device';
    case 'block':
      return 'a block device';
    case 'fifo':
      return 'a named pipe';
    case 'opaque':
      return 'an opaque directory';
  }
}
