import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drydockShell } from '../../interop/drydock-shell';
import type { Shell } from '../../interop/shell';
import { readTranscript, TRANSCRIPTS, transcriptNames } from '../../interop/transcript';
import { masked } from '../../interop/transcript-masks';

/** What docker's client and engine of the pair have not got, or refuse: each names its source. */
const GOLDENS = join(import.meta.dirname, '../../golden');

const transcripts = [TRANSCRIPTS, GOLDENS].flatMap((folder) =>
  transcriptNames(folder).map((name) => readTranscript(folder, name)),
);
let compared = 0;

afterAll(() => {
  console.log(`transcripts: ${compared} lines compared with what docker answered`);
});

describe.each(transcripts)('$name', ({ images, now, exchanges }) => {
  let shell: Shell;

  beforeAll(async () => {
    shell = await drydockShell(images);
  });

  it.each(exchanges)('$line', async (exchange) => {
    const answer = await shell.run(exchange.line, now);
    expect(masked(answer, exchange)).toEqual(masked(exchange.answer, exchange));
    compared += 1;
  });
});
