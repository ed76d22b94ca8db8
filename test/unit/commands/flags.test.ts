import { describe, expect, it } from 'vitest';
import { groupFilters } from '../../../src/commands/shell/filter-flag';
import { parseFlags, type FlagSpec } from '../../../src/commands/shell/flags';

const SPECS: readonly FlagSpec[] = [
  { name: 'all', shorthand: 'a', kind: 'bool', help: '' },
  { name: 'human', shorthand: 'H', kind: 'bool', help: '', default: true },
  { name: 'quiet', shorthand: 'q', kind: 'bool', help: '' },
  { name: 'format', shorthand: 'o', kind: 'string', help: '' },
  { name: 'filter', shorthand: 'f', kind: 'filter', help: '' },
  { name: 'change', kind: 'list', help: '' },
  { name: 'platform', kind: 'csv', help: '' },
];

describe('flags', () => {
  it('may stand before, between and after operands', () => {
    const { flags, operands } = parseFlags(['-a', 'x', '--format', 'json', 'y', '-q'], SPECS);
    expect(operands).toEqual(['x', 'y']);
    expect([flags.bool('all'), flags.bool('quiet'), flags.string('format')]).toEqual([
      true,
      true,
      'json',
    ]);
  });

  it('end at --, and a dash alone is an operand', () => {
    const { flags, operands } = parseFlags(['-', '--', '-a', '--'], SPECS);
    expect(operands).toEqual(['-', '-a', '--']);
    expect(flags.bool('all')).toBe(false);
  });

  it('end at the first operand where they are not interspersed', () => {
    const { operands } = parseFlags(['-a', 'images', '-q'], SPECS, { interspersed: false });
    expect(operands).toEqual(['images', '-q']);
  });

  it.each([
    [['-aqo', 'json'], 'json'],
    [['-aqojson'], 'json'],
    [['-ao=json'], 'json'],
    [['-o='], '='],
    [['--format='], ''],
    [['--format=a', '--format', '-a'], '-a'],
  ])('%j gives the format %j', (words, format) => {
    expect(parseFlags(words, SPECS).flags.string('format')).toBe(format);
  });

  it('have a value of their own where none is given', () => {
    const { flags } = parseFlags(['--human=false'], SPECS);
    expect(flags.bool('human')).toBe(false);
    expect(parseFlags([], SPECS).flags.bool('human')).toBe(true);
    expect(parseFlags([], SPECS).flags.isSet('human')).toBe(false);
  });

  it('of lists keep every value', () => {
    const { flags } = parseFlags(['--change', 'CMD a,b', '--change=', '--platform', 'a,b'], SPECS);
    expect(flags.list('change')).toEqual(['CMD a,b', '']);
    expect(flags.list('platform')).toEqual(['a', 'b']);
  });

  it('of filters are normalised and grouped', () => {
    const words = ['-f', ' Label = a=b ', '--filter', 'label=c', '-f', 'label=c', '--filter='];
    expect(groupFilters(parseFlags(words, SPECS).flags.list('filter'))).toEqual(
      new Map([['label', ['a=b', 'c']]]),
    );
  });
});
