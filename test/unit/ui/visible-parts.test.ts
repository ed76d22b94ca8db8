import { describe, expect, it } from 'vitest';
import { visibleParts, visibleText } from '../../../src/ui/kit/display/visible-parts';

describe('visibleParts', () => {
  it('leaves text as it is, markup and all', () => {
    expect(visibleParts('<img src=x onerror=alert(1)> — 文件.txt')).toEqual([
      { text: '<img src=x onerror=alert(1)> — 文件.txt' },
    ]);
  });

  it('shows what turns text around', () => {
    expect(visibleParts('photo\u202egpj.exe')).toEqual([
      { text: 'photo' },
      { text: '\u202e', code: 'U+202E' },
      { text: 'gpj.exe' },
    ]);
  });

  it('shows newlines, controls and spaces of no width', () => {
    expect(visibleText('a\nb\tc\u0007\u200b\u001b[31m\u2028')).toBe(
      'a\\nb\\tcU+0007U+200BESC[31mU+2028',
    );
  });
});
