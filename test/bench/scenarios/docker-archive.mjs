import { dockerSave } from '../archives.mjs';
import { medianOfLoads } from '../loads.mjs';
import { dockerLoadOf, opensslOf, skopeoCopyOf } from '../natives.mjs';
import { line, ratio } from '../report.mjs';

/** An image of about 1 GB as `docker save` writes it, from the drop until it is verified and stored. */
export const name = 'docker-archive';

export async function measure({ url, rounds }) {
  const file = await dockerSave();
  const { stored, firstRows, memory, beside } = await medianOfLoads(url, file, {
    rounds,
    native: opensslOf,
  });
  const skopeo = await skopeoCopyOf(file);
  const docker = await dockerLoadOf(file);
  return [
    ratio('docker-archive stored : `openssl dgst -sha256 FILE`', stored, beside, 4),
    ratio('docker-archive stored : `docker load`', stored, docker, 0.2),
    ratio('docker-archive stored : `skopeo copy docker-archive: oci:`', stored, skopeo),
    line('first browsable layer, docker-archive', firstRows, { unit: 's', bar: 1 }),
    line('memory over idle, docker-archive', memory, { unit: 'MB', bar: 500, digits: 0 }),
  ];
}
