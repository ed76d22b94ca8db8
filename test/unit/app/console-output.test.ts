import { describe, expect, it } from 'vitest';
import {
  foldOutput,
  lineTokens,
  outputSpans,
  withoutStyles,
} from '../../../src/app/console/console-output';

const SHORT = '8c1f40be9d27';
const LONG = `sha256:${'8c1f40be9d27'.padEnd(64, '0')}`;
const NAME = 'ghcr.io/acme/api:2.14.0';
const imageOf = (word: string): string | undefined =>
  [SHORT, LONG, NAME].includes(word) ? '#there' : undefined;
const links = { imageOf, leadOf: imageOf };

describe('output with links', () => {
  it('links the IDs of images that are here, short and long', () => {
    expect(outputSpans(`redis  ${SHORT}  2 days\n"Id": "${LONG}"\n`, links)).toEqual([
      { text: 'redis  ' },
      { text: SHORT, href: '#there' },
      { text: '  2 days\n"Id": "' },
      { text: LONG, href: '#there' },
      { text: '"\n' },
    ]);
  });

  it('leaves other hex alone', () => {
    const text = `41d9a60c7f5e ${SHORT}0 x${SHORT}`;
    expect(outputSpans(text, links)).toEqual([{ text }]);
  });

  it('links names, and leaves those alone that go on', () => {
    expect(outputSpans(`Loaded image: ${NAME}\n`, links)).toEqual([
      { text: 'Loaded image: ' },
      { text: NAME, href: '#there' },
      { text: '\n' },
    ]);
    const others = `${NAME}-rc1 x/${NAME} "${NAME}@${LONG}"`;
    expect(outputSpans(others, links)).toEqual([{ text: others }]);
    expect(outputSpans(`"${NAME}",`, links)[1]).toEqual({ text: NAME, href: '#there' });
  });

  it('sets apart what would turn text around or is not seen, but for ends of lines', () => {
    expect(outputSpans('a\u202egpj.exe\r\n\tb\u001b]31m', links)).toEqual([
      { text: 'a' },
      { text: '\u202e', isHidden: true },
      { text: 'gpj.exe\r\n\tb' },
      { text: '\u001b', isHidden: true },
      { text: ']31m' },
    ]);
  });

  it('shows no codes for a terminal’s styles', () => {
    expect(withoutStyles('\u001b[39m\u001b[1mIMAGE\u001b[0m   x[1m')).toBe('IMAGE   x[1m');
  });

  it('is the output, whatever is linked', () => {
    const text = `${SHORT}\na ${LONG}`;
    expect(
      outputSpans(text, links)
        .map((span) => span.text)
        .join(''),
    ).toBe(text);
  });
});

describe('folded output', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `${i}\n`).join('');

  it('is whole where it is not much longer than what is shown', () => {
    expect(foldOutput(lines(60), false)).toMatchObject({ hidden: 0, chunks: [{ lines: 60 }] });
  });

  it('is its beginning otherwise, and says how much is left', () => {
    const { chunks, hidden } = foldOutput(lines(100_000), false);
    expect(hidden).toBe(99_960);
    expect(chunks.map((chunk) => chunk.lines)).toEqual([40]);
  });

  it('has every line once it is opened, in chunks', () => {
    const { chunks, hidden } = foldOutput(lines(1001), true);
    expect(hidden).toBe(0);
    expect(chunks).toHaveLength(6);
    expect(`${chunks.map((chunk) => chunk.text).join('\n')}\n`).toBe(lines(1001));
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

  it('sets values apart from their flags', () => {
    const tokens = lineTokens(`docker images --format='{{.ID}}' -f dangling=true`);
    expect(tokens.filter(({ kind }) => kind !== 'space' && kind !== 'word')).toEqual([
      { kind: 'flag', text: '--format=' },
      { kind: 'value', text: `'{{.ID}}'` },
      { kind: 'flag', text: '-f' },
      { kind: 'value', text: 'dangling=true' },
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
    expect(lineTokens('cat "a > b"').at(-1)).toEqual({ kind: 'value', text: '"a > b"' });
  });
});
