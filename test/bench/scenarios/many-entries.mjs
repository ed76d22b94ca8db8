import { manyEntries } from '../archives.mjs';
import { withStored } from '../loads.mjs';
import { measureFrames } from '../measure.mjs';
import { line } from '../report.mjs';

/** A layer of 300,000 entries, listed, scrolled and filtered: the longest frame of all runs, as the bar is for every frame. */
export const name = 'many-entries';

export async function measure({ url, rounds }) {
  const results = await withStored(url, await manyEntries(), async (profile) => {
    const found = [];
    for (let n = 0; n < rounds; n++) found.push(await measureFrames(url, profile));
    return found;
  });
  return ['listed', 'scrolled', 'filtered'].map((what) => {
    const longest = Math.max(...results.map((result) => result[what]));
    const options = { unit: 'ms', digits: 0, bar: 100 };
    return line(`longest frame, 300,000 entries ${what}`, longest, options);
  });
}
