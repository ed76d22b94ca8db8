import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerShell } from './docker-shell';
import { drydockShell } from './drydock-shell';
import { livePair } from './pair';
import type { Shell } from './shell';
import { readTranscript, TRANSCRIPTS, transcriptNames } from './transcript';
import { masked } from './transcript-masks';

const pair = await livePair();
const transcripts = pair
  ? transcriptNames(TRANSCRIPTS).map((name) => readTranscript(TRANSCRIPTS, name))
  : [];
let compared = 0;

afterAll(() => {
  if (pair) console.log(`interop: ${compared} lines compared with docker ${pair}, live`);
});

it.runIf(pair !== undefined)('there is something to compare', () => {
  expect(transcripts.flatMap(({ exchanges }) => exchanges).length).toBeGreaterThan(1000);
});

/** Both shells start from the same images and run every line, in order. */
describe.each(transcripts)('$name, live', ({ images, exchanges }) => {
  let docker: Shell;
  let drydock: Shell;

  beforeAll(async () => {
    [docker, drydock] = await Promise.all([dockerShell(images), drydockShell(images)]);
  });
  afterAll(() => docker.close());

  it.each(exchanges)('$line', async (exchange) => {
    const now = new Date();
    const expected = await docker.run(exchange.line, now);
    const answer = await drydock.run(exchange.line, now);
    expect(masked(answer, exchange)).toEqual(masked(expected, exchange));
    compared += 1;
  });
});
