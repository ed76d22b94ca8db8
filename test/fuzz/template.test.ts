import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CommandEnvironment } from '../../src/commands/command';
import { quoteShellWord } from '../../src/commands/shell/quote-shell-word';
import { fixtureEnvironment, run } from '../support/fixture-store';

let environment: CommandEnvironment;

beforeAll(async () => {
  environment = await fixtureEnvironment();
});

/** What a command may say of a template: what docker says, in one line; never that the program is at fault. */
const COMPLAINT = /^(?:template parsing error: )?(?:template: :\d+:|the template )[^]*\n$/;

async function expectAnAnswer(words: string): Promise<void> {
  const { exitCode, stderr } = await run(environment, words);
  if (exitCode === 0) expect(stderr).toBe('');
  else expect(stderr).toMatch(COMPLAINT);
}

const LISTS = ['docker images -a', 'docker history web', 'docker system df'];
const DOCUMENTS = ['docker inspect web', 'docker image inspect acme/api:v2'];

const field = fc.constantFrom(
  ...['.ID', '.Repository', '.Size', '.Nope', '.', '$', '.Config.Labels', '.RootFS.Layers'],
);
const literal = fc.oneof(
  fc.constantFrom('1', '-3', '0x1f', '1.5e3', "'a'", 'true', 'nil', '`raw`', '"%s %v"', '""'),
  fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text)),
);
const name = fc.constantFrom(
  ...['len', 'index', 'printf', 'print', 'println', 'slice', 'html', 'js', 'urlquery', 'not'],
  ...['and', 'or', 'eq', 'ne', 'lt', 'json', 'split', 'join', 'title', 'lower', 'upper', 'pad'],
  ...['truncate', 'call', 'nope'],
);
const { pipeline } = fc.letrec<{ operand: string; command: string; pipeline: string }>((tie) => ({
  operand: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    field,
    literal,
    tie('pipeline').map((inner) => `(${inner})`),
  ),
  command: fc.oneof(
    field,
    literal,
    fc
      .tuple(name, fc.array(tie('operand'), { maxLength: 3 }))
      .map(([word, operands]) => [word, ...operands].join(' ')),
  ),
  pipeline: fc
    .array(tie('command'), { minLength: 1, maxLength: 3 })
    .map((commands) => commands.join(' | ')),
}));

/** Templates of a grammar that knows nothing of types: most are wrong somewhere. */
const { template } = fc.letrec<{ node: string; template: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ maxLength: 8 }),
    pipeline.map((inner) => `{{${inner}}}`),
    pipeline.map((inner) => `{{- $x := ${inner} -}}{{$x}}`),
    fc.constantFrom('{{/* a comment */}}', '{{break}}', '{{continue}}', '{{end}}', '{{', '}}'),
    fc.constantFrom('{{template "a" .}}', '{{define "a"}}{{template "a" .}}{{end}}'),
    fc
      .tuple(fc.constantFrom('if', 'with', 'range'), pipeline, tie('template'), tie('template'))
      .map(([word, inner, body, other]) => `{{${word} ${inner}}}${body}{{else}}${other}{{end}}`),
    fc
      .tuple(fc.integer({ min: 0, max: 1e12 }), tie('template'))
      .map(([count, body]) => `{{range ${count}}}${body}{{end}}`),
  ),
  template: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
}));

describe('a template', () => {
  it.each(LISTS)('of %s, whatever is in it, is filled in or refused in docker’s words', (line) =>
    fc.assert(
      fc.asyncProperty(template, (text) =>
        expectAnAnswer(`${line} --format ${quoteShellWord(`${text} `)}`),
      ),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    ),
  );

  it.each(DOCUMENTS)('of %s, whatever is in it, is filled in or refused', (line) =>
    fc.assert(
      fc.asyncProperty(template, (text) =>
        expectAnAnswer(`${line} --format ${quoteShellWord(`${text} `)}`),
      ),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    ),
  );

  it('of any characters is no fault of the program', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 40 }), (text) =>
        expectAnAnswer(`docker images --format ${quoteShellWord(`{{${text}`)}`),
      ),
      { numRuns: 300, interruptAfterTimeLimit: 20_000 },
    ));

  it.each([
    ['loops over billions', '{{range 3000000000}}{{end}}', /takes more than \d+ steps/],
    [
      'loops within loops',
      '{{range 9000}}{{range 9000}}{{end}}{{end}}',
      /takes more than \d+ steps/,
    ],
    [
      'doubles a text over and over',
      '{{$x := "a"}}{{range 60}}{{$x = printf "%s%s" $x $x}}{{end}}',
      /makes texts of more than \d+ characters/,
    ],
    [
      'calls functions over and over',
      '{{range 1999990}}{{$x := json $}}{{end}}',
      /makes texts of more than \d+ characters/,
    ],
    [
      'calls itself',
      '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}',
      /maximum template depth/,
    ],
    [
      'calls itself from deep within',
      `{{define "a"}}${'{{if 1}}'.repeat(300)}{{template "a"}}${'{{end}}'.repeat(300)}{{end}}{{template "a"}}`,
      /maximum template depth/,
    ],
    ['is nested deep', '{{if 1}}'.repeat(5000) + '{{end}}'.repeat(5000), /max expression depth/],
    [
      'has deep parentheses',
      `{{${'('.repeat(20_000)}1${')'.repeat(20_000)}}}`,
      /max expression depth/,
    ],
    [
      'writes without end',
      '{{range 1000000}}{{printf "%1000d" 1}}{{end}}',
      /more than \d+ characters/,
    ],
    [
      'joins what cannot be held',
      '{{range 9}}{{join (split (printf "%1000000d" 1) "") (printf "%1000000d" 1)}}{{end}}',
      /more than \d+ characters/,
    ],
  ])('that %s is stopped', async (_, text, complaint) => {
    const line = `docker images --format ${quoteShellWord(text)}`;
    const { exitCode, stderr } = await run(environment, line);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(complaint);
  });
});

describe('a filter', () => {
  const filter = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('dangling', 'label', 'before', 'since', 'reference', 'until', 'nope', ''),
        fc.oneof(
          fc.constantFrom(
            'true',
            '0',
            'tier=back',
            'web',
            'web:1.27',
            '*',
            'a[',
            '[a-',
            '\\',
            '24h',
          ),
          fc.string({ maxLength: 12 }),
        ),
      )
      .map(([key, value]) => `${key}=${value}`),
    fc.string({ maxLength: 20 }),
  );
  const SAYS =
    /^(?:Error response from daemon: |invalid argument |invalid reference format)[^]*\n$/;

  it('of any kind chooses among the images or is refused in docker’s words', () =>
    fc.assert(
      fc.asyncProperty(fc.array(filter, { maxLength: 3 }), async (filters) => {
        const words = filters.map((text) => `-f ${quoteShellWord(text)}`).join(' ');
        const all = await run(environment, 'docker images -a --format {{.ID}}{{.Tag}}');
        const { exitCode, stdout, stderr } = await run(
          environment,
          `docker images -a --format {{.ID}}{{.Tag}} ${words}`,
        );
        if (exitCode !== 0) expect(stderr).toMatch(SAYS);
        const known = new Set(all.stdout.split('\n'));
        expect(stdout.split('\n').filter((row) => !known.has(row))).toEqual([]);
      }),
      { numRuns: 400, interruptAfterTimeLimit: 20_000 },
    ));
});
