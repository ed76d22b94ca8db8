import { describe, expect, it } from 'vitest';
import { changeMark, changeText } from '../../../src/app/explorer/change-text';
import { explorer as en } from '../../../src/i18n/en/explorer';
import { explorer as zh } from '../../../src/i18n/zh-cn/explorer';
import { entryChange, type EntryChange } from '../../../src/layer/stack/entry-change';
import { layerOf } from '../../support/layer-of';
import type { TarItem } from '../../support/tar-builder';

function changeOf(before: Partial<TarItem>, after: Partial<TarItem>): EntryChange {
  const layers = [before, after].map((item) => layerOf([{ path: 'a', ...item }]));
  const change = entryChange(layers, 1, 'a');
  if (!change) throw new Error('nothing changed');
  return change;
}

/** Values in brackets. */
function text(before: Partial<TarItem>, after: Partial<TarItem>, texts: typeof zh = en): string {
  const parts = changeText(changeOf(before, after), texts);
  return parts.map((part) => (part.isValue ? `[${part.text}]` : part.text)).join('');
}

describe('what became of an entry', () => {
  it.each<[Partial<TarItem>, Partial<TarItem>, string]>([
    [
      { content: '1', mode: 0o644 },
      { content: '1', mode: 0o755, mtime: 9 },
      'Same content as in layer 0; mode [0644] became [0755]',
    ],
    [
      { content: '1' },
      { content: '1', uid: 1000, gid: 1001 },
      'Same content as in layer 0; owner [0:0] became [1000:1001]',
    ],
    [
      { content: '1' },
      { content: '1', mtime: 60 },
      'Same content as in layer 0; only its time changed, [1970-01-01 00:00:00 UTC] to [1970-01-01 00:01:00 UTC]',
    ],
    [
      { content: '1' },
      { content: '1', xattrs: { 'user.a': '1' } },
      'Same content as in layer 0; its extended attributes changed',
    ],
    [
      { content: '1' },
      { content: '22', mode: 0o600, mtime: 9 },
      'Content differs from that in layer 0: 1 B became 2 B; mode [0644] became [0600]',
    ],
    [{ content: '1' }, { content: '2' }, 'Content differs from that in layer 0, 1 B as before'],
    [{ content: '1' }, { content: '1' }, 'Stored again as it is in layer 0'],
    [{ linkname: 'x' }, { linkname: 'y' }, 'In layer 0 it led to [x]'],
    [{ content: '1' }, { linkname: 'y', mode: 0o644 }, 'In layer 0 it was a file'],
    [
      { type: 'dir' },
      { type: 'dir', mode: 0o700 },
      'Same directory as in layer 0; mode [0755] became [0700]',
    ],
    [{ linkname: 'x' }, { linkname: 'x', uid: 1 }, 'Same as in layer 0; owner [0:0] became [1:0]'],
  ])('%j, then %j', (before, after, sentence) => {
    expect(text(before, after)).toBe(sentence);
  });

  it('is said in Chinese, too', () => {
    const sentence = text({ content: '1' }, { content: '1', mode: 0o755 }, zh);
    expect(sentence).toBe('内容与第 0 层相同；权限由 [0644] 变为 [0755]');
  });

  it('has the mark of a change of content, of attributes, or none', () => {
    expect(changeMark(changeOf({ content: '1' }, { content: '2' }))).toBe('modified');
    expect(changeMark(changeOf({ content: '1' }, { content: '1', mtime: 1 }))).toBe('metadata');
    expect(changeMark(changeOf({ content: '1' }, { content: '1' }))).toBeUndefined();
  });
});
