import { imageOfManyLayers, imagesOfLayers, withArchive } from '../many-layers.mjs';
import { medianOfLoads } from '../loads.mjs';
import { line } from '../report.mjs';

/** A thousand layers of next to nothing: what each costs, whatever is in it. */
export const name = 'many-layers';

export async function measure({ url, rounds }) {
  const archives = [
    ['1,000 tiny layers of one OCI image', imageOfManyLayers(1000)],
    ['1,000 tiny layers of ten saved images', imagesOfLayers(10, 100)],
  ];
  const rows = [];
  for (const [what, bytes] of archives) {
    const { stored } = await withArchive(bytes, (file) => medianOfLoads(url, file, { rounds }));
    rows.push(line(`${what}, stored`, stored, { unit: 's', bar: 5 }));
  }
  return rows;
}
