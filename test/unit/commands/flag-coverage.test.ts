import { readFileSync } from 'node:fs';
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

/** A line that was asked, in words, and whether it was answered with success, and not with help. */
interface Asked {
  readonly words: readonly string[];
  readonly succeeds: boolean;
}

/** Every line that calls a verb by one of its paths. */
function callsOf(paths: readonly string[]): readonly Asked[] {
  return exchanges
    .filter(({ line }) => paths.some((path) => `${line} `.startsWith(`${path} `)))

    .map(({ line, answer }) => ({
      words: line.split(/\s+/),
      succeeds: answer.exitCode === 0 && !line.includes('--help'),
    }));
}

/**
 * Verbs whose flags cannot succeed without a registry, which transcripts have not got: the suite that asks docker and Drydock the same of one,
 * live.
 */
const REGISTRY_SUITES: ReadonlyMap<string, string> = new Map([
  ['docker image pull', 'pull.test.ts'],
  ['docker image push', 'push.test.ts'],
  ['docker login', 'login.test.ts'],
  ['docker search', 'search.test.ts'],
  ['docker manifest inspect', 'manifest-inspect.test.ts'],
]);

/** The words of a registry's suite, for what in it is a flag. */
function suiteOf(verb: string): readonly Asked[] {
  const file = REGISTRY_SUITES.get(verb);
  if (file === undefined) return [];
  const text = readFileSync(join(import.meta.dirname, '../../interop', file), 'utf8');
  return [{ words: text.split(/[\s'"`,[\]]+/), succeeds: true }];
}

/** How docker refuses a number of arguments. */
const ARGUMENTS = /(?:requires|accepts) .*\b(?:\d+|no) argument/;

function isRefused(paths: readonly string[], how: RegExp): boolean {
  return exchanges.some(
    ({ line, answer }) =>
      how.test(answer.stderr) && paths.some((path) => `${line} `.startsWith(`${path} `)),
  );
}

/** Whether a line that succeeds has the flag as a word of its own, or with its value behind `=`. */
function succeedsWith(calls: readonly Asked[], flag: string): boolean {
  return calls.some(
    ({ words, succeeds }) =>
      succeeds && words.some((word) => word === flag || word.startsWith(`${flag}=`)),
  );
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
    expect(callsOf([path]).some(({ words }) => words.includes('--help'))).toBe(true);
  });

  it('a line has a flag that there is not, and one has a shorthand', () => {
    expect(isRefused(paths, /^unknown flag: /)).toBe(true);
    expect(isRefused(paths, /^unknown shorthand flag: /)).toBe(true);
  });

  it('a line has too few or too many arguments, where there can be', () => {
    expect(isRefused(paths, ARGUMENTS)).toBe(true);
  });

  it.each(flags)(
    'a line that succeeds uses --$name, and one its shorthand',
    ({ name, shorthand }) => {
      const forms = [`--${name}`, ...(shorthand === undefined ? [] : [`-${shorthand}`])];
      const missing = forms.filter(
        (form) => ![callsOf(paths), suiteOf(verb)].some((calls) => succeedsWith(calls, form)),
      );
      expect(missing, 'flags that no line with exit code 0 has').toEqual([]);
    },
  );
});
