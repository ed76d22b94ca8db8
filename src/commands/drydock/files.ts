import { mergeLayers } from '../../layer/merge-layers';
import type { EntryTable, LayerEntry } from '../../layer/layer-index';
import type { Call, Command, CommandContext } from '../command';
import { alignTabs } from '../shell/table';
import {
  chooseLayer,
  choosePlatform,
  FORMAT_FLAG,
  LAYER_FLAG,
  PLATFORM_FLAG,
  readIndex,
  wantsJson,
} from './chosen-image';

/** `drydock files`: what is in an image's final filesystem, or in one of its layers. */
export const files: Command = {
  paths: ['drydock files'],
  operands: '[OPTIONS] IMAGE',
  summary: 'List the files of an image or of one of its layers',
  aliases: [],
  rule: { kind: 'exactly', count: 1 },
  flags: [FORMAT_FLAG, LAYER_FLAG, PLATFORM_FLAG],
  run,
};

async function run(call: Call, context: CommandContext): Promise<number> {
  const isJson = wantsJson(call);
  const platform = await choosePlatform(call.operands[0] ?? '', call, context);
  const layer = chooseLayer(call, platform);
  const table: EntryTable = layer
    ? await readIndex(layer, context)
    : mergeLayers(await Promise.all(platform.layers.map((each) => readIndex(each, context))));
  context.out.write(isJson ? toJson(table) : toTable(table));
  return 0;
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
