import { dockerSave, ociGzip } from '../archives.mjs';
import { isInstalled } from '../program.mjs';
import { medianOfPulls } from '../pulls.mjs';
import { line, ratio } from '../report.mjs';

/** 1 GB of gzip layers from a local registry, through the proxy: verified, indexed and stored. */
export const name = 'pull';

export async function measure({ rounds }) {
  if (!isInstalled('docker-registry') || !isInstalled('skopeo')) return [];
  const archive = await ociGzip(await dockerSave());
  const { pull, memory, load, engine } = await medianOfPulls(archive, rounds);
  return [
    ratio('pull through the proxy : `docker pull` into an empty engine', pull, engine, 0.4),
    ratio('pull through the proxy : load of the same layers from a file', pull, load, 1.5),
    line('memory over idle, pull', memory, { unit: 'MB', bar: 500, digits: 0 }),
  ];
}
