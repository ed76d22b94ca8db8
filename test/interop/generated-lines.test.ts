import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerShell } from './docker-shell';
import { drydockShell } from './drydock-shell';
import { livePair } from './pair';
import type { Shell } from './shell';
import type { Answer } from './transcript';
import { masked } from './transcript-masks';

/** Lines that nobody thought of, the same in every run. */
const SEED = 20_10;
const IMAGES = ['fixture.tar'];

const pair = await livePair();

/** Pieces that references are made of, and what does not belong there. */
const piece = fc.oneof(
  fc.constantFrom('web', 'api', 'acme', 'bare', 'latest', '1.27', 'ghcr.io', 'localhost', 'a', 'B'),
  fc.constantFrom(
    '/',
    ':',
    '@',
    '.',
    '_',
    '__',
    '-',
    '--',
    '//',
    ':5000',
    'sha256:',
    '..',
    '~',
    ' ',
  ),
  fc.constantFrom('0816bb94e987', 'd045', 'é', '[::1]', 'docker.io', 'library', 'ab'.repeat(32)),
);
const reference = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
const notAFlag = reference.filter((text) => !text.startsWith('-'));

const filter = fc
  .tuple(
    fc.constantFrom('reference', 'label', 'before', 'since', 'dangling', 'Reference', 'nope', ''),
    fc.constantFrom('=', '=', '=', ' = ', '', '!='),
    fc.oneof(
      fc.constantFrom('web', 'web*', '*/*', 'w?b:*', '[a-z]eb', '[', 'true', 'false', '1', '', '*'),
      fc.constantFrom(
        'tier',
        'tier=back',
        'maintainer=ann',
        'stage',
        'x=',
        '=x',
        'com.example.empty',
      ),
      fc.constantFrom('web:1.27', 'bare', '0816', 'acme/api:v2', 'Nope', 'a b'),
    ),
  )
  .map((parts) => parts.join(''));

const lines: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: notAFlag.map((text) => `docker tag nope ${quoted(text)}`) },
  { weight: 2, arbitrary: notAFlag.map((text) => `docker tag ${quoted(text)} x:generated`) },
  { weight: 2, arbitrary: notAFlag.map((text) => `docker rmi nope ${quoted(text)}x`) },
  { weight: 2, arbitrary: notAFlag.map((text) => `docker history -q ${quoted(text)}`) },
  {
    weight: 4,
    arbitrary: fc
      .array(filter, { minLength: 1, maxLength: 2 })
      .map(
        (filters) => `docker images -aq ${filters.map((each) => `-f ${quoted(each)}`).join(' ')}`,
      ),
  },
);

function quoted(text: string): string {
  return `'${text}'`;
}

/** Of two filters that are wrong, the engine names the one that it comes upon first in a map, which is left to chance. */
function told(line: string, answer: Answer): Answer {
  const stderr = answer.stderr.replace(/Invalid filter '.*'/, "Invalid filter '…'");
  return line.split(' -f ').length > 2 ? { ...answer, stderr } : answer;
}

describe.runIf(pair !== undefined)('generated lines, live', () => {
  let docker: Shell;
  let drydock: Shell;
  let compared = 0;

  beforeAll(async () => {
    [docker, drydock] = await Promise.all([dockerShell(IMAGES), drydockShell(IMAGES)]);
  });
  afterAll(async () => {
    await docker.close();
    console.log(`interop: ${compared} generated lines compared with docker ${pair ?? ''}, live`);
  });

  it.each(fc.sample(lines, { numRuns: 400, seed: SEED }))('%s', async (line) => {
    const now = new Date();
    const options = { isUnordered: true, hasNewDigests: false };
    const expected = await docker.run(line, now);
    const answer = await drydock.run(line, now);
    expect(told(line, masked(answer, options))).toEqual(told(line, masked(expected, options)));
    compared += 1;
  });
});
