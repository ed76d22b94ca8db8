/**
 * `npm run bench`: how fast, and in how much memory, the app opens large archives, each figure beside native programs in the same run.
 * Makes its archives once, in .cache/bench. `-- --large` adds an archive of 4 GB; `-- --rounds N` sets how many runs a median is of.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CACHE, dockerSave, large, manyEntries, ociGzip } from './archives.mjs';
import { makeProfile, serveApp } from './browser-app.mjs';
import { measureFrames, measureLoad, measureReopen } from './measure.mjs';
import { dockerLoadOf, median, opensslOf, pigzOpensslOf, skopeoCopyOf } from './natives.mjs';
import { proxyRows } from './proxy.mjs';
import { measureRemoval } from './removal.mjs';
import { line, machine, ratio, table } from './report.mjs';
import { isInstalled, shell } from './program.mjs';

const { values } = parseArgs({
  options: { large: { type: 'boolean' }, rounds: { type: 'string', default: '3' } },
});
const rounds = Number(values.rounds);

/** Files as they are in use: read before, so in the page cache, for every program alike. */
const warm = (file) => shell('cat "$1" > /dev/null', file);

/** Medians of several loads, each with a browser and a profile of its own, and each with the native program right beside it. */
async function loads(url, file, native = () => null) {
  const results = [];
  for (let n = 0; n < rounds; n++) {
    const profile = makeProfile();
    await warm(file);
    const beside = await native(file);
    results.push({ ...(await measureLoad(url, profile, file)), beside });
    profile.remove();
  }
  const of = (key) => median(results.map((result) => result[key]));
  return {
    firstRows: of('firstRows'),
    stored: of('stored'),
    memory: of('memory'),
    beside: of('beside'),
  };
}

/** Stores an archive, then measures with what is stored. */
async function withStored(url, file, measure) {
  const profile = makeProfile();
  try {
    await measureLoad(url, profile, file);
    return await measure(url, profile);
  } finally {
    profile.remove();
  }
}

const image = await dockerSave();
const oci = await ociGzip(image);
const many = await manyEntries();
const app = await serveApp();

console.log('measuring …');
const plain = await loads(app.url, image, opensslOf);
const gzip = await loads(app.url, oci, pigzOpensslOf);
const reopened = await withStored(app.url, image, measureReopen);
const removed = await withStored(app.url, image, measureRemoval);
const removedOpen = await withStored(app.url, image, (...args) =>
  measureRemoval(...args, { isOpen: true }),
);
const frames = await withStored(app.url, many, measureFrames);
const huge = values.large ? await loads(app.url, await large()) : undefined;

const skopeo = await skopeoCopyOf(image);
const docker = await dockerLoadOf(image);
const proxied = isInstalled('docker-registry') ? await proxyRows(rounds) : [];

const seconds = { unit: 's', bar: 1 };
const megabytes = { unit: 'MB', bar: 500, digits: 0 };
const milliseconds = { unit: 'ms', digits: 0 };
const rows = [
  ratio('docker-archive stored : `openssl dgst -sha256 FILE`', plain.stored, plain.beside, 4),
  ratio('docker-archive stored : `docker load`', plain.stored, docker, 0.2),
  ratio('docker-archive stored : `skopeo copy docker-archive: oci:`', plain.stored, skopeo),
  ratio(
    'OCI, gzip layers, stored : `pigz -dc \\| openssl dgst` of its layers',
    gzip.stored,
    gzip.beside,
    1.7,
  ),
  line('first browsable layer, docker-archive', plain.firstRows, seconds),
  line('first browsable layer, OCI', gzip.firstRows, seconds),
  line('memory over idle, docker-archive', plain.memory, megabytes),
  line('memory over idle, OCI', gzip.memory, megabytes),
  ...(huge
    ? [
        line('first browsable layer, 4 GB', huge.firstRows, seconds),
        line('memory over idle, 4 GB', huge.memory, megabytes),
      ]
    : []),
  line('reopened: list of images', reopened.list, { ...milliseconds, bar: 300 }),
  line('reopened: merged tree', reopened.tree, { ...milliseconds, bar: 300 }),
  line('`docker rmi`, until the bytes are free', removed.freed, seconds),
  line('`docker rmi` of the image that is open', removedOpen.freed, seconds),
  line('longest frame, 300,000 entries listed', frames.listed, { ...milliseconds, bar: 100 }),
  line('longest frame, 300,000 entries scrolled', frames.scrolled, { ...milliseconds, bar: 100 }),
  line('longest frame, 300,000 entries filtered', frames.filtered, { ...milliseconds, bar: 100 }),
  line('scripts before the list shows rows, gzip', reopened.scripts / 1000, {
    unit: 'kB',
    bar: 80,
    digits: 1,
  }),
  ...proxied,
];
const report = `${table(['what', 'figure', 'bar', ''], rows)}\n\nMedians of ${rounds} on ${machine()}.\n`;
console.log(`\n${report}`);
writeFileSync(join(CACHE, 'report.md'), report);
app.close();
