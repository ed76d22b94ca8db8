import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ellipsis, textWidth } from '../../../src/commands/shell/char-width';
import { alignTabs, formatTable } from '../../../src/commands/shell/table';

describe('a table', () => {
  it('pads every column but the last to its widest cell and three blanks, ten columns at the least', () => {
    expect(formatTable(['A', 'B', 'C'], [['a', 'longer than ten', 'c']])).toBe(
      'A         B                 C\na         longer than ten   c\n',
    );
  });

  it('keeps the blanks before an empty last cell', () => {
    expect(formatTable(['A', 'B'], [['a', '']])).toBe('A         B\na         \n');
  });

  it('starts a column anew after a line that has not got it', () => {
    expect(alignTabs('aaaaaaaaaa\tb\n\nc\td\n')).toBe('aaaaaaaaaa   b\n\nc         d\n');
  });

  it('counts what characters take of a line, not how many there are', () => {
    expect(formatTable(['A', 'B'], [['鯨鯨鯨鯨', 'x']])).toBe('A          B\n鯨鯨鯨鯨   x\n');
  });

  it('begins the last column of all its lines at one place', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '鯨', 'é') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const lines = formatTable(
          ['A', 'B'],
          rows.map(([a, b]) => [a, `|${b}`]),
        ).split('\n');
        const starts = lines
          .filter((line) => line.includes('|'))
          .map((line) => textWidth(line.slice(0, line.indexOf('|'))));
        expect(new Set(starts).size).toBe(1);
      }),
    );
  });
});

describe('a text that is too wide', () => {
  it.each([
    ['short', 45, 'short'],
    ['x'.repeat(45), 45, 'x'.repeat(45)],
    ['x'.repeat(46), 45, `${'x'.repeat(44)}…`],
    ['鯨'.repeat(3), 5, '鯨鯨…'],
    ['鯨'.repeat(3), 4, '鯨…'],
    ['né'.repeat(3), 6, 'né'.repeat(3)],
  ])('%j in %i columns is %j', (text, width, expected) => {
    expect(ellipsis(text, width)).toBe(expected);
  });
});
