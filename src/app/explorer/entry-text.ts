export { isEstargzFile } from '../../layer/toc/estargz-files';
import type { Messages, Translation } from '../../i18n/messages';
import type { LayerEntry } from '../../layer/index/layer-index';

const TYPE_LETTERS: Readonly<Record<LayerEntry['type'], string>> = {
  file: '-',
  dir: 'd',
  symlink: 'l',
  hardlink: '-',
  char: 'c',
  block: 'b',
  fifo: 'p',
  opaque: 'd',
};

/** `-rwxr-xr-x`, with setuid, setgid and sticky bits, as `ls` writes it. */
export function modeText({ type, mode }: Pick<LayerEntry, 'type' | 'mode'>): string {
  const triple = (shift: number, special: number, letter: string): string => {
    const bits = mode >> shift;
    const isSpecial = (mode & special) !== 0;
    const execute = (bits & 1) !== 0;
    const last = isSpecial ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-';
    return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`;
  };
  return (
    TYPE_LETTERS[type] + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't')
  );
}

/** `0755` */
export function octalMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** The last name of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The directories around a path and itself, from the top. */
export function ancestry(
  path: string,
): readonly { readonly name: string; readonly path: string }[] {
  const names = path.split('/');
  return names.map((name, i) => ({ name, path: names.slice(0, i + 1).join('/') }));
}

/** What an entry is, as people say it. */
export function typeName(
  { type, whiteout }: Pick<LayerEntry, 'type' | 'whiteout'>,
  texts: Translation<Messages['explorer']>,
): string {
  if (whiteout && type === 'file') return texts.typeWhiteout;
  const names = {
    file: texts.typeFile,
    dir: texts.typeDir,
    symlink: texts.typeSymlink,
    hardlink: texts.typeHardlink,
    char: texts.typeChar,
    block: texts.typeBlock,
    fifo: texts.typeFifo,
    opaque: texts.typeOpaque,
  };
  return names[type];
}
