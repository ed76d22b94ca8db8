import { describe, expect, it } from 'vitest';
import { parsePathPattern, pathMatcher } from '../../../src/analysis/path-pattern';

function matches(typed: string, path: string): boolean {
  const pattern = parsePathPattern(typed);
  if (pattern?.kind !== 'text' && pattern?.kind !== 'glob') throw new Error(`${typed} is neither`);
  return pathMatcher(pattern)(path);
}

describe('a filter typed as text', () => {
  it('finds a part of a path, in any case', () => {
    expect(matches('Server', 'app/dist/server.js')).toBe(true);
    expect(matches('/app/dist', 'app/dist/server.js')).toBe(true);
    expect(matches('serverx', 'app/dist/server.js')).toBe(false);
  });

  it('finds everything when there is nothing but blanks', () => {
    expect(parsePathPattern('  ')).toBeUndefined();
  });
});

describe('a filter typed as glob', () => {
  it.each([
    ['*.js', 'app/dist/server.js', true],
    ['*.js', 'app/dist/server.js.map', false],
    ['s?rver.*', 'app/server.js', true],
    ['app/*.js', 'app/server.js', true],
    ['app/*.js', 'app/dist/server.js', false],
    ['app/**/*.js', 'app/dist/a/server.js', true],
    ['app/**/*.js', 'app/server.js', true],
    ['**/lib', 'usr/lib', true],
    ['**/lib', 'lib', true],
    ['/etc/*', 'etc/passwd', true],
    ['[a-c]*', 'x/bin', true],
    ['[!a-c]*', 'x/bin', false],
    ['[^a-c]*', 'x/din', true],
    ['*', 'x', true],
    ['?', '😀', true],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(matches(glob, path)).toBe(expected);
  });

  it('takes no longer for many stars', () => {
    const started = performance.now();
    expect(matches(`${'*a'.repeat(60)}b`, 'a'.repeat(4000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('a filter between slashes', () => {
  it('is a regular expression, with the flags behind it', () => {
    expect(parsePathPattern('/\\.so\\.\\d+$/')).toEqual({
      kind: 'regex',
      source: '\\.so\\.\\d+$',
      flags: '',
    });
    expect(parsePathPattern('/readme/i')).toEqual({ kind: 'regex', source: 'readme', flags: 'i' });
  });

  it('says what is wrong with one that is none', () => {
    expect(parsePathPattern('/(/')).toMatchObject({ kind: 'invalid' });
    expect(parsePathPattern('/[b-a]/u')).toMatchObject({ kind: 'invalid' });
  });

  it('is a path where it looks like one', () => {
    expect(parsePathPattern('/usr/lib/')).toEqual({ kind: 'text', text: 'usr/lib/' });
  });
});
