import { large } from '../archives.mjs';
import { medianOfLoads } from '../loads.mjs';
import { opensslOf } from '../natives.mjs';
import { line, ratio } from '../report.mjs';

/** An image of 4 GB, which must take no more memory than one of 1 GB. It takes 8 GB of disk meanwhile. */
export const name = 'large';

export async function measure({ url }) {
  const file = await large();
  const { stored, firstRows, memory, beside } = await medianOfLoads(url, file, {
    rounds: 1,
    native: opensslOf,
  });
  return [
    ratio('4 GB stored : `openssl dgst -sha256 FILE`', stored, beside),
    line('first browsable layer, 4 GB', firstRows, { unit: 's', bar: 1 }),
    line('memory over idle, 4 GB', memory, { unit: 'MB', bar: 500, digits: 0 }),
  ];
}
