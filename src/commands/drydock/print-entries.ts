import type { EntryTable, LayerEntry } from '../../layer/index/layer-index';
import { alignTabs } from '../shell/table';

/** The entries of a layer or a filesystem, as `drydock files` prints them. */
export function printEntries(table: EntryTable, isJson: boolean): string {
  return isJson ? toJson(table) : toTable(table);
}

/** One array; the members of an entry are the scripting surface, in its order. */
function toJson(table: EntryTable): string {
  const lines: string[] = [];
  for (const { path, type, mode, uid, gid, size, mtime, linkname, whiteout } of table.entries()) {
    lines.push(JSON.stringify({ path, type, mode, uid, gid, size, mtime, linkname, whiteout }));
  }
  return `[${lines.join(',\n')}]\n`;
}

function toTable(table: EntryTable): string {
  const lines = ['MODE\tOWNER\tSIZE\tMODIFIED\tPATH'];
  for (const entry of table.entries()) {
    const modified = new Date(entry.mtime * 1000);
    const time = Number.isNaN(modified.getTime())
      ? String(entry.mtime)
      : modified.toISOString().slice(0, 16).replace('T', ' ');
    lines.push(
      `${modeText(entry)}\t${entry.uid}:${entry.gid}\t${entry.size}\t${time}\t${pathText(entry)}`,
    );
  }
  return `${alignTabs(lines.join('\n'), { minWidth: 0, padding: 2 })}\n`;
}

const TYPE_LETTERS: Readonly<Record<LayerEntry['type'], string>> = {
  file: '-',
  dir: 'd',
  symlink: 'l',
  hardlink: 'h',
  char: 'c',
  block: 'b',
  fifo: 'p',
  opaque: 'd',
};

/** As `ls -l` writes it: `-rwsr-xr-x`. */
function modeText({ type, mode }: LayerEntry): string {
  const letters = ['r', 'w', 'x'].flatMap((_, i, rwx) =>
    rwx.map((letter, bit) => {
      const isSet = (mode & (0o400 >> (i * 3 + bit))) !== 0;
      const isSpecial = bit === 2 && (mode & (0o4000 >> i)) !== 0;
      if (!isSpecial) return isSet ? letter : '-';
      const special = i === 2 ? 't' : 's';
      return isSet ? special : special.toUpperCase();
    }),
  );
  return TYPE_LETTERS[type] + letters.join('');
}

function pathText({ path, type, linkname, whiteout }: LayerEntry): string {
  if (type === 'opaque') return `${path}/ (hides what lower layers had in it)`;
  if (whiteout) return `${path} (deleted)`;
  if (linkname !== '') return `${path} -> ${linkname}`;
  return type === 'dir' ? `${path}/` : path;
}
