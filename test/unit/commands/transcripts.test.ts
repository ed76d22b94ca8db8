import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtureEnvironment, run } from '../../support/fixture-store';

/** Transcripts of the real pair, docker's client 28.2.2 with engine 20.10; see record.mjs there for how they were made. */
const FOLDER = join(import.meta.dirname, '../../golden');

interface Exchange {
  readonly line: string;
  /** The order of rows is left to chance by docker's client. */
  readonly isUnordered: boolean;
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** What no two engines agree on. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/("Name": ?)"(?:vfs|drydock)"/g, '$1"…"'],
  [/("LastTagTime": ?)"[^"]*"/g, '$1"…"'],
];

function readTranscript(name: string): {
  readonly now: Date;
  readonly exchanges: readonly Exchange[];
} {
  const exchanges: Exchange[] = [];
  let now = new Date(0);
  for (const text of readFileSync(join(FOLDER, name), 'utf8').split('\n')) {
    const exchange = exchanges.at(-1);
    const command = /^\$(~?) (.*)$/.exec(text);
    if (command) {
      exchanges.push({
        line: command[2] ?? '',
        isUnordered: command[1] === '~',
        stdout: '',
        stderr: '',
        exitCode: 0,
      });
    } else if (text.startsWith('# now: ')) now = new Date(text.slice('# now: '.length));
    else if (exchange && /^[>!][ ~]/.test(text)) {
      const stream = text.startsWith('>') ? 'stdout' : 'stderr';
      exchange[stream] += text.slice(2) + (text[1] === ' ' ? '\n' : '');
    } else if (exchange && text.startsWith('= ')) exchange.exitCode = Number(text.slice(2));
  }
  return { now, exchanges };
}

function masked(text: string, isUnordered: boolean): string {
  const replaced = MASKS.reduce((rest, [pattern, by]) => rest.replace(pattern, by), text);
  return isUnordered ? replaced.split('\n').sort().join('\n') : replaced;
}

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith('.transcript')))('%s', (name) => {
  const { now, exchanges } = readTranscript(name);
  // One store for all, as later lines see what earlier ones did.
  const environment = fixtureEnvironment();

  it.each(exchanges.map((exchange) => [exchange.line, exchange] as const))(
    '%s',
    async (line, expected) => {
      const { stdout, stderr, exitCode } = await run(await environment, line, { now });
      expect({
        stdout: masked(stdout, expected.isUnordered),
        stderr,
        exitCode,
      }).toEqual({
        stdout: masked(expected.stdout, expected.isUnordered),
        stderr: expected.stderr,
        exitCode: expected.exitCode,
      });
    },
  );
});
