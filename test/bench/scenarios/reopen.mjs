import { dockerSave } from '../archives.mjs';
import { withStored } from '../loads.mjs';
import { measureReopen } from '../measure.mjs';
import { median } from '../natives.mjs';
import { line } from '../report.mjs';

/** The app after a restart, with an image of 1 GB and more than 20,000 entries stored. */
export const name = 'reopen';

export async function measure({ url, rounds }) {
  const results = await withStored(url, await dockerSave(), async (profile) => {
    const found = [];
    for (let n = 0; n < rounds; n++) found.push(await measureReopen(url, profile));
    return found;
  });
  const of = (key) => median(results.map((result) => result[key]));
  const milliseconds = { unit: 'ms', digits: 0, bar: 300 };
  const kilobytes = { unit: 'kB', digits: 1, bar: 80 };
  return [
    line('reopened: list of images', of('list'), milliseconds),
    line('reopened: merged tree', of('tree'), milliseconds),
    line('scripts before the list shows rows, gzip', of('scripts') / 1000, kilobytes),
  ];
}
