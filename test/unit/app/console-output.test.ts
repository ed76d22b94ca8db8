import { describe, expect, it } from 'vitest';
import { lineTokens, linkIds } from '../../../src/app/console-output';

const SHORT = '8c1f40be9d27';
const LONG = `sha256:${'8c1f40be9d27'.padEnd(64, '0')}`;
const hrefOf = (id: string): string | undefined =>
  id === SHORT || id === LONG ? '#there' : undefined;

describe('output with links', () => {
  it('links the IDs of images that are here, short and long', () => {
    expect(linkIds(`redis  ${SHORT}  2 days\n"Id": "${LONG}"\n`, hrefOf)).toEqual([
      { text: 'redis  ' },
      { text: SHORT, href: '#there' },
      { text: '  2 days\n"Id": "' },
      { text: LONG, href: '#there' },
      { text: '"\n' },
    ]);
  });

  it('leaves other hex alone', () => {
    const text = `41d9a60c7f5e ${SHORT}0 x${SHORT}`;
    expect(linkIds(text, hrefOf)).toEqual([{ text }]);
  });

  it('shows no codes for a terminal’s styles', () => {
    expect(linkIds('\u001b[39m\u001b[1mIMAGE\u001b[0m   x[1m', hrefOf)).toEqual([
      { text: 'IMAGE   x[1m' },
    ]);
  });

  it('is the output, whatever is linked', () => {
    const text = `${SHORT}\na ${LONG}`;
    expect(
      linkIds(text, hrefOf)
        .map((span) => span.text)
        .join(''),
    ).toBe(text);
  });
});

describe('a typed line', () => {
  it('has words, flags and redirections', () => {
    const tokens = lineTokens('docker load --quiet < my.tar').filter(
      ({ kind }) => kind !== 'space',
    );
    expect(tokens).toEqual([
      { kind: 'word', text: 'docker' },
      { kind: 'word', text: 'load' },
      { kind: 'flag', text: '--quiet' },
      { kind: 'operator', text: '<' },
      { kind: 'word', text: 'my.tar' },
    ]);
  });

  it.each(['a  b', `echo "a > b" 'c`, `x"y z"w --f='1 2'`, '', '>>', 'a\\ b'])(
    'keeps every character of %j',
    (line) => {
      const tokens = lineTokens(line);
      expect(tokens.map(({ text }) => text).join('')).toBe(line);
    },
  );

  it('does not take what is quoted for a redirection', () => {
    expect(lineTokens('cat "a > b"').at(-1)).toEqual({ kind: 'word', text: '"a > b"' });
  });
});
