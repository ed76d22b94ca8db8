import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteShellWord } from '../../../src/commands/shell/quote-shell-word';
import { splitShellLine } from '../../../src/commands/shell/shell-words';

const words = (line: string) => splitShellLine(line).words;

describe('a command line', () => {
  it.each([
    ['', []],
    ['  \t ', []],
    ['docker images', ['docker', 'images']],
    ["  docker\timages  -f 'dangling = true'\n", ['docker', 'images', '-f', 'dangling = true']],
    ["a'b c'd", ['ab cd']],
    [`"a \\" \\\\ \\x 'b'"`, [`a " \\ \\x 'b'`]],
    ["''", ['']],
    ['""x""', ['x']],
    ['a\\ b \\$x \\\\', ['a b', '$x', '\\']],
    ['a\\\nb', ['ab']],
    ['a \\\n b', ['a', 'b']],
    ['w* [ab] ?x ~ {a,b} a#b !', ['w*', '[ab]', '?x', '~', '{a,b}', 'a#b', '!']],
    ["'{{range $i, $e := .Env}}'", ['{{range $i, $e := .Env}}']],
    ['5$ "$" a$.b', ['5$', '$', 'a$.b']],
    ['--format={{.ID}}', ['--format={{.ID}}']],
  ])('%j is split into its words', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it.each([
    ['# comment', []],
    ["## what isn't closed | is & not $read", []],
    ['  # a\n\n# b\n', []],
    ['docker images # all of them', ['docker', 'images']],
    ["docker images\t#all | 'of them", ['docker', 'images']],
    ['docker images\n# done\n', ['docker', 'images']],
    ['# all\n  # of them\ndocker images', ['docker', 'images']],
    ['a#b \\# "#" \'# c\' ""# # d', ['a#b', '#', '#', '# c', '#']],
    ['a \\\n# b', ['a']],
  ])('%j is split without its comments', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it('of nothing but signs of comments is read at once', () => {
    expect(() => words(`a ${'#'.repeat(50_000)}\nb`)).toThrow('a second line is not supported');
    expect(words('# #\n'.repeat(20_000))).toEqual([]);
  });

  it.each([
    ['docker load < web.tar # from the build', { input: 'web.tar' }],
    ['docker load < web.tar', { input: 'web.tar' }],
    ['docker load <web.tar', { input: 'web.tar' }],
    ['< a docker load', { input: 'a' }],
    ['docker save web>a', { output: 'a' }],
    ["docker save > 'my file.tar' web", { output: 'my file.tar' }],
    ['x <a <b >c >d', { input: 'b', output: 'd' }],
    ['x a2>c', { output: 'c' }],
  ])('%j is redirected', (line, expected) => {
    expect(splitShellLine(line)).toMatchObject(expected);
  });

  it.each([
    ['docker images | grep x', '|'],
    ['a || b', '||'],
    ['a && b', '&&'],
    ['a &', '&'],
    ['a; b', ';'],
    ['(a)', '('],
    ['echo $HOME', '$HOME'],
    ['echo "$HOME"', '$HOME'],
    ['echo ${x}', '${'],
    ['echo $(ls)', '$('],
    ['echo $?', '$?'],
    ['echo `ls`', '`'],
    ['a >> b', '>>'],
    ['a << b', '<<'],
    ['a 2> b', '2>'],
    ['a >& b', '>&'],
    ['a <(b)', '<('],
    ['A=1 docker images', 'A=1'],
    ['a\nb', 'a second line'],
  ])('%j uses more of a shell than there is, and says %s', (line, named) => {
    expect(() => words(line)).toThrow(`syntax error: ${named} is not supported here`);
  });

  it.each([
    ["'a", "a quote (') is not closed"],
    ['"a', 'a quote (") is not closed'],
    ['"a\\', 'a quote (") is not closed'],
    ['a \\', 'nothing follows the last backslash'],
    ['a < # b', '< needs the name of a file'],
    ['a <', '< needs the name of a file'],
    ['a > > b', '> needs the name of a file'],
  ])('%j is not finished', (line, complaint) => {
    expect(() => words(line)).toThrow(complaint);
  });

  it('gives back every word that was quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (list) => {
        expect(words(list.map(quoteShellWord).join(' '))).toEqual(list);
      }),
    );
  });
});
