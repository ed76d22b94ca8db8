import { isInstalled } from '../program.mjs';
import { remoteShares } from '../remote-layers.mjs';
import { line } from '../report.mjs';

/** What looking into a layer in a registry fetches of it, where it has a table of contents. */
export const name = 'remote';

export async function measure() {
  if (!isInstalled('docker-registry') || !isInstalled('skopeo')) return [];
  const shares = await remoteShares();
  return shares.map(({ name: format, percent }) =>
    line(`tree and one file of a 200 MB ${format} layer, of its bytes`, percent, {
      unit: '%',
      bar: 2,
    }),
  );
}
