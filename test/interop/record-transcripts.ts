import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dockerShell } from './docker-shell';
import { recordTranscript, startingImages, TRANSCRIPTS, transcriptNames } from './transcript';

/** Asks docker anew what a transcript holds; transcripts/README.md says when and how. */
async function record(name: string): Promise<void> {
  const path = join(TRANSCRIPTS, name);
  const text = readFileSync(path, 'utf8');
  const shell = await dockerShell(startingImages(text));
  try {
    writeFileSync(path, await recordTranscript(text, (line) => shell.run(line, new Date())));
  } finally {
    await shell.close();
  }
}

const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : transcriptNames(TRANSCRIPTS)) {
  await record(name);
  console.log(`recorded ${name}`);
}
