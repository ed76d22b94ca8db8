import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerShell } from './docker-shell';
import { drydockShell } from './drydock-shell';
import type { Shell } from './shell';
import { readTranscript, TRANSCRIPTS, transcriptNames } from './transcript';
import { masked } from './transcript-masks';

/** Another client or engine has other texts: then what was recorded from this pair is what counts, which the unit tests replay. */
const PAIR = /^28\.2\.\S* 20\.10\.\S*$/;

const isHere = inject('samples').length > 0;
const transcripts = isHere
  ? transcriptNames(TRANSCRIPTS).map((name) => readTranscript(TRANSCRIPTS, name))
  : [];
const pair = isHere ? await pairHere() : '';
let compared = 0;

if (isHere && !PAIR.test(pair)) {
  console.log(`interop: transcripts are not run live: docker here is ${pair}, not 28.2 with 20.10`);
}

afterAll(() => {
  if (isHere) console.log(`interop: ${compared} lines compared with docker ${pair}, live`);
});

/** Both shells start from the same images and run every line, in order. */
describe.runIf(PAIR.test(pair)).each(transcripts)('$name, live', ({ images, exchanges }) => {
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

/** The versions of client and engine. */
async function pairHere(): Promise<string> {
  const shell = await dockerShell([]);
  try {
    const { stdout } = await shell.run(
      "docker version --format '{{.Client.Version}} {{.Server.Version}}'",
      new Date(),
    );
    return stdout.trim();
  } finally {
    await shell.close();
  }
}
