import { describe, expect, it } from 'vitest';
import type { PaletteGroup, PaletteItem } from '../../../../src/app/palette/palette-item';
import { matchingItems, parsePaletteQuery } from '../../../../src/app/palette/palette-query';

function item(group: PaletteGroup, text: string, rest: Partial<PaletteItem> = {}): PaletteItem {
  return { key: `${group} ${text}`, group, icon: 'file', text, run: () => undefined, ...rest };
}

const texts = (items: readonly PaletteItem[], typed: string): string[] =>
  matchingItems(items, parsePaletteQuery(typed)).map(({ text }) => text);

describe('a query of the palette', () => {
  it('looks in what its first character says', () => {
    expect(parsePaletteQuery('> Save')).toEqual({
      scope: 'commands',
      text: 'Save',
      words: ['save'],
    });
    expect(parsePaletteQuery('/usr/Lib')).toEqual({
      scope: 'files',
      text: 'usr/Lib',
      words: ['usr/lib'],
    });
    expect(parsePaletteQuery(' #ab12')).toMatchObject({ scope: 'digests', text: 'ab12' });
    expect(parsePaletteQuery('acme/api  1.0')).toMatchObject({
      scope: 'all',
      words: ['acme/api', '1.0'],
    });
    expect(parsePaletteQuery('')).toEqual({ scope: 'all', text: '', words: [] });
  });
});

describe('what the palette finds', () => {
  const items = [
    item('goTo', 'Go to Settings'),
    item('images', 'check:1', { prefix: 'ghcr.io/acme/', hint: '12 MB' }),
    item('actions', 'Open an archive', { hint: 'docker load' }),
    item('files', '/bin/check'),
    item('digests', 'sha256:c4ec'),
    item('image', 'Recheck'),
    item('image', 'Check digests'),
  ];

  it('stands in its groups, however it was given, and digests only when they are asked for', () => {
    expect(texts(items, '')).toEqual([
      'Recheck',
      'Check digests',
      'Open an archive',
      'check:1',
      '/bin/check',
      'Go to Settings',
    ]);
  });

  it('has what begins with the query before what has it elsewhere', () => {
    expect(texts(items, 'check')).toEqual(['Check digests', 'Recheck', 'check:1', '/bin/check']);
  });

  it('has every word, in any order: of a registry and of a command too', () => {
    expect(texts(items, 'check ACME')).toEqual(['check:1']);
    expect(texts(items, 'load open')).toEqual(['Open an archive']);
    expect(texts(items, 'check nowhere')).toEqual([]);
  });

  it('is what the first character asks for alone', () => {
    expect(texts(items, '>check')).toEqual(['Check digests', 'Recheck']);
    expect(texts(items, '/check')).toEqual(['/bin/check']);
    expect(texts(items, '#c4')).toEqual(['sha256:c4ec']);
  });

  it('is no more than 50 images', () => {
    const many = Array.from({ length: 5000 }, (_, i) => item('images', `app:${i}`));
    expect(texts(many, 'app')).toHaveLength(50);
  });
});
