import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTranscript, transcriptNames, TRANSCRIPTS } from '../../interop/transcript';

const GOLDEN = join(import.meta.dirname, '../../golden');
const exchanges = [TRANSCRIPTS, GOLDEN].flatMap((folder) =>
  transcriptNames(folder).flatMap((name) => readTranscript(folder, name).exchanges),
);

/** The verbs that Drydock has, by one of the paths that docker's help names. */
const VERBS = [
  ...[
    'ls',
    'inspect',
    'history',
    'tag',
    'rm',
    'save',
    'load',
    'prune',
    'import',
    'pull',
    'push',
  ].map((verb) => `docker image ${verb}`),
  ...['docker inspect', 'docker system df', 'docker version', 'docker info', 'docker login'],
  ...['docker logout', 'docker search', 'docker manifest inspect'],
];

interface Help {
  /** Every way to call the verb. */
  readonly paths: readonly string[];
  readonly flags: readonly { readonly name: string; readonly shorthand?: string | undefined }[];
}

/** What docker's own help of a verb, as recorded, says that there is. */
function recordedHelp(verb: string): Help {
  const usage = new RegExp(`^Usage:  ${verb} `, 'm');
  const help = exchanges.find(
    ({ line, answer }) => line.includes('help') && usage.test(answer.stdout),
  );
  const text = help?.answer.stdout ?? '';
  const aliases = /^Aliases:\n {2}(.*)$/m.exec(text)?.[1]?.split(', ') ?? [];
  const flags = [...text.matchAll(/^ {2}(?:-(\w), | {4})--([\w-]+)/gm)];
  return {
    paths: [...new Set([verb, ...aliases])],
    flags: flags.map(([, shorthand, name = '']) => ({ name, shorthand })),
  };
}

/** The words of every line that calls a verb by one of its paths, without what asks for help. */
function callsOf(paths: readonly string[]): readonly (readonly string[])[] {
  return exchanges
    .map(({ line }) => line)
    .filter((line) => paths.some((path) => `${line} `.startsWith(`${path} `)))
    .map((line) => line.split(/\s+/));
}

/** How docker refuses a number of arguments. */
const ARGUMENTS = /(?:requires|accepts) .*\b(?:\d+|no) argument/;

function isRefused(paths: readonly string[], how: RegExp): boolean {
  return exchanges.some(
    ({ line, answer }) =>
      how.test(answer.stderr) && paths.some((path) => `${line} `.startsWith(`${path} `)),
  );
}

function uses(words: readonly string[], flag: string): boolean {
  return words.some((word) => word === flag || word.startsWith(`${flag}=`));
}

function usesShorthand(words: readonly string[], shorthand: string): boolean {
  return words.some((word) => /^-\w/.test(word) && (word.split('=')[0] ?? '').includes(shorthand));
}

describe.each(VERBS)('of %s', (verb) => {
  const { paths, flags } = recordedHelp(verb);

  it('docker’s help is recorded', () => {
    const help = exchanges.some(({ answer }) => answer.stdout.includes(`Usage:  ${verb}`));
    expect(help, `a line "${verb} --help"`).toBe(true);
  });

  it.each(paths)('a line calls %s', (path) => {
    expect(callsOf([path]).length).toBeGreaterThan(0);
  });

  it.each(paths)('a line asks for the help of %s', (path) => {
    expect(callsOf([path]).some((words) => words.includes('--help'))).toBe(true);
  });

  it('a line has a flag that there is not, and one has a shorthand', () => {
    expect(isRefused(paths, /^unknown flag: /)).toBe(true);
    expect(isRefused(paths, /^unknown shorthand flag: /)).toBe(true);
  });

  it('a line has too few or too many arguments, where there can be', () => {
    expect(isRefused(paths, ARGUMENTS)).toBe(true);
  });

  it.each(flags)('a line uses --$name', ({ name, shorthand }) => {
    const calls = callsOf(paths);
    expect(
      calls.some((words) => uses(words, `--${name}`)),
      `a line with --${name}`,
    ).toBe(true);
    if (shorthand === undefined) return;
    const isUsed = calls.some((words) => usesShorthand(words, shorthand));
    expect(isUsed, `a line with -${shorthand}`).toBe(true);
  });
});
