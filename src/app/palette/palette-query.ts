import { PALETTE_GROUPS, type PaletteGroup, type PaletteItem } from './palette-item';

/** What a query looks in: its first character says so, else it is everything but digests. */
export type PaletteScope = 'all' | 'commands' | 'files' | 'digests';

export interface PaletteQuery {
  readonly scope: PaletteScope;
  /** Without the character that says where. */
  readonly text: string;
  /** In lower case. */
  readonly words: readonly string[];
}

const SCOPES: Readonly<Record<string, PaletteScope>> = {
  '>': 'commands',
  '/': 'files',
  '#': 'digests',
};

const GROUPS: Readonly<Record<PaletteScope, readonly PaletteGroup[]>> = {
  all: ['image', 'selection', 'actions', 'images', 'files', 'goTo'],
  commands: ['image', 'selection', 'actions', 'goTo'],
  files: ['files'],
  digests: ['digests'],
};

/** Items of these are as many as are stored: no more of them are shown. */
const MOST: Partial<Record<PaletteGroup, number>> = { images: 50, digests: 50 };

export function parsePaletteQuery(typed: string): PaletteQuery {
  const start = typed.trimStart();
  const scope = SCOPES[start.slice(0, 1)] ?? 'all';
  const text = (scope === 'all' ? start : start.slice(1)).trim();
  return { scope, text, words: text.toLowerCase().split(/\s+/).filter(Boolean) };
}

/** Those in which every word of the query occurs, group by group, those that begin with the first word first. */
export function matchingItems(items: readonly PaletteItem[], query: PaletteQuery): PaletteItem[] {
  const { words, scope } = query;
  const [first = ''] = words;
  const found = items.filter((item) => {
    const text = searchedText(item);
    return words.every((word) => text.includes(word));
  });
  const begins = (item: PaletteItem): boolean => item.text.toLowerCase().startsWith(first);
  return PALETTE_GROUPS.filter((group) => GROUPS[scope].includes(group)).flatMap((group) => {
    const members = found.filter((item) => item.group === group);
    const ordered = [...members.filter(begins), ...members.filter((item) => !begins(item))];
    return ordered.slice(0, MOST[group]);
  });
}

function searchedText({ prefix = '', text, hint = '' }: PaletteItem): string {
  return `${prefix}${text} ${hint}`.toLowerCase();
}
