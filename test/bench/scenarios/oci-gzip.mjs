import { dockerSave, ociGzip } from '../archives.mjs';
import { medianOfLoads } from '../loads.mjs';
import { pigzOpensslOf, skopeoCopyOf } from '../natives.mjs';
import { line, ratio } from '../report.mjs';

/** The same image as an OCI layout of gzip layers. */
export const name = 'oci-gzip';

export async function measure({ url, rounds }) {
  const file = await ociGzip(await dockerSave());
  const { stored, firstRows, memory, beside } = await medianOfLoads(url, file, {
    rounds,
    native: pigzOpensslOf,
  });
  const what = 'OCI, gzip layers, stored : `pigz -dc \\| openssl dgst` of its layers';
  const skopeo = await skopeoCopyOf(file, 'oci-archive');
  return [
    ratio(what, stored, beside, 1.7),
    ratio('OCI, gzip layers, stored : `skopeo copy oci-archive: oci:`', stored, skopeo),
    line('first browsable layer, OCI', firstRows, { unit: 's', bar: 1 }),
    line('memory over idle, OCI', memory, { unit: 'MB', bar: 500, digits: 0 }),
  ];
}
