import { writeFileSync } from 'node:fs';
import { SAMPLE_FILE, sampleArchive } from './sample/sample-archive';

/** `npm run sample`: writes the sample image that the empty first page offers. */

writeFileSync(SAMPLE_FILE, sampleArchive());
console.log(`${SAMPLE_FILE} is written`);
