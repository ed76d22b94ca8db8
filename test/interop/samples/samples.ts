import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Engine } from '../engine';
import * as encodings from './layer-encodings';
import * as shapes from './archive-shapes';
import { buildWithDocker, makeWithBuildah, makeWithPodman, makeWithUmoci } from './image-makers';
import { shell, succeed } from '../program';
import { readSavedImage } from './saved-image';

/** One archive, and how the engine gets to see what is in it. */
export interface Sample {
  /** The file in the cache, without `.tar`. */
  readonly name: string;
  /** The archive that an engine 20.10 loads: the sample itself, or what skopeo makes of it under the names that it must have. */
  readonly reference: string;
}

const RICH = 'drydock.test/rich:1';
const FOLDER = resolve('.cache/interop');

/** Anything that changes what is made changes the folder it is kept in. */
function cacheKey(): string {
  const hash = createHash('sha256');
  const addFolder = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) addFolder(path);
      else hash.update(name).update(readFileSync(path));
    }
  };
  addFolder(import.meta.dirname);
  return hash.digest('hex').slice(0, 16);
}

/** Makes every sample, or finds them made. Takes minutes the first time. */
export async function prepareSamples(): Promise<{ folder: string; samples: readonly Sample[] }> {
  const folder = join(FOLDER, cacheKey());
  const list = join(folder, 'samples.json');
  if (!existsSync(list)) {
    const making = `${folder}.making`;
    await rm(FOLDER, { recursive: true, force: true });
    await mkdir(join(making, 'reference'), { recursive: true });
    const samples = await makeSamples(making);
    await writeFile(join(making, 'samples.json'), JSON.stringify(samples, undefined, 2));
    await rename(making, folder);
  }
  return { folder, samples: JSON.parse(readFileSync(list, 'utf8')) as readonly Sample[] };
}

async function makeSamples(folder: string): Promise<readonly Sample[]> {
  await saveWithDocker(folder);
  await makeWithPodman(folder);
  await makeWithBuildah(folder);
  await makeWithUmoci(folder);
  await copyWithSkopeo(folder);
  await composeShapes(folder);
  await compressWhole(folder);
  const names = readdirSync(folder).filter((name) => name.endsWith('.tar'));
  const samples: Sample[] = [];
  for (const file of names.sort()) {
    const name = file.slice(0, -'.tar'.length);
    samples.push({ name, reference: await referenceFor(folder, name) });
  }
  return samples;
}

async function saveWithDocker(folder: string): Promise<void> {
  const engine = await Engine.start();
  try {
    for (const recipe of ['rich', 'left', 'right', 'plain']) {
      await buildWithDocker(engine, recipe, `drydock.test/${recipe}:1`);
    }
    const save = (name: string, ...images: string[]): Promise<string> =>
      engine.must(['save', '--output', join(folder, `${name}.tar`), ...images]);
    const tags = ['plain:latest', 'plain:v2', 'registry.test:5000/team/plain:a'];
    for (const tag of tags) await engine.must(['tag', 'drydock.test/plain:1', tag]);
    const id = await engine.must(['image', 'inspect', '--format', '{{.Id}}', 'plain']);
    await save('docker-save', RICH);
    await save('docker-save-family', RICH, 'drydock.test/left:1', 'drydock.test/right:1', 'plain');
    await save('docker-save-several-tags', ...tags, 'drydock.test/plain:1');
    await save('docker-save-untagged', id.trim());
  } finally {
    await engine.stop();
  }
}

async function copyWithSkopeo(folder: string): Promise<void> {
  const source = `docker-archive:${join(folder, 'docker-save.tar')}`;
  const copy = (target: string, ...flags: string[]): Promise<string> =>
    succeed('skopeo', ['--insecure-policy', 'copy', '--quiet', ...flags, source, target]);
  await copy(`docker-archive:${join(folder, 'skopeo-docker-archive.tar')}:${RICH}`);
  for (const format of ['gzip', 'zstd']) {
    const file = join(folder, `skopeo-oci-archive-${format}.tar`);
    await copy(`oci-archive:${file}:${RICH}`, '--dest-compress-format', format);
  }
  await copy(`oci-archive:${join(folder, 'skopeo-oci-archive-unnamed.tar')}`);
  const layout = join(folder, 'layout');
  await copy(`oci:${layout}:${RICH}`);
  await shell(
    'tar -cf "$1" -C "$2" . && rm -r "$2"',
    join(folder, 'skopeo-oci-layout.tar'),
    layout,
  );
}

/** The shapes of programs that are not here, all of the one saved image. */
async function composeShapes(folder: string): Promise<void> {
  const saved = join(folder, 'docker-save.tar');
  const image = await readSavedImage(saved);
  const file = (name: string): string => join(folder, `${name}.tar`);
  const plain = await shapes.encodeImage(image, encodings.plain);
  const gzip = await shapes.encodeImage(image, encodings.gzip);
  const zstd = await shapes.encodeImage(image, encodings.zstd);

  await shapes.writeBefore110(file('docker-before-1.10'), saved);
  await shapes.writeDocker25(file('docker-25'), plain, [RICH, 'drydock.test/rich:2']);
  await shapes.writeDocker25(file('docker-25.0.0-no-oci-layers'), plain, [RICH], false);
  await shapes.writeDocker29(file('docker-29'), gzip, RICH);
  await shapes.writeLinkedLayers(file('layers-symbolic-links'), plain, RICH, 'symbolic');
  await shapes.writeLinkedLayers(file('layers-hard-links'), plain, RICH, 'hard');
  await shapes.writeDotSlash(file('dot-slash'), plain, RICH);
  await shapes.writeCompressionTwins(file('oci-compression-twins'), [gzip, zstd], RICH);

  const crane = ['index.docker.io/library/crane:1'];
  await shapes.writeDockerArchive(file('crane'), gzip, crane, shapes.CRANE);
  await shapes.writeDockerArchive(file('no-tags'), gzip, null, shapes.CRANE);
  await shapes.writeDockerArchive(file('rules-docker'), plain, ['bazel/app:image'], shapes.BAZEL);
  await shapes.writeDockerArchive(file('rules-oci'), gzip, ['app:latest'], shapes.RULES_OCI);
  const nix = await shapes.nixImage(image);
  await shapes.writeDockerArchive(file('nix'), nix, ['hello:2kq1'], shapes.BAZEL);
  const bare = await shapes.bareImage(image);
  await shapes.writeDockerArchive(file('bare-config'), bare, ['bare:1'], shapes.BAZEL);

  for (const name of ['estargz', 'estargzBehindTheEnd', 'zstdChunked'] as const) {
    const encoded = await shapes.encodeImage(image, encodings[name]);
    await shapes.writeDockerArchive(file(`layers-${name}`), encoded, [RICH], shapes.CRANE);
    const named = [{ 'org.opencontainers.image.ref.name': RICH }];
    await shapes.writeOciLayout(file(`oci-${name}`), encoded, named);
  }
}

/** The whole archive compressed; the name does not say so. */
async function compressWhole(folder: string): Promise<void> {
  for (const program of ['gzip', 'bzip2', 'xz', 'zstd']) {
    const [from, to] = [join(folder, 'docker-save.tar'), join(folder, `whole-${program}.tar`)];
    await shell(`${program} -c < "$1" > "$2"`, from, to);
  }
}

/** What neither the engine can load nor skopeo turn into what it can: the archive whose image is the same. */
const SAME_IMAGE: Readonly<Record<string, string>> = {
  // Engine 20.10 reads no zstd.
  'whole-zstd': 'docker-save.tar',
  'layers-zstdChunked': 'docker-save.tar',
  'oci-zstdChunked': 'docker-save.tar',
  'oci-compression-twins': 'docker-save.tar',
  'oci-estargz': 'layers-estargz.tar',
  'oci-estargzBehindTheEnd': 'layers-estargzBehindTheEnd.tar',
  'skopeo-oci-archive-zstd': 'reference/skopeo-oci-archive-gzip.tar',
};

/** An engine 20.10 looks for manifest.json or repositories. What has neither, skopeo turns into an archive that has. */
async function referenceFor(folder: string, name: string): Promise<string> {
  const file = `${name}.tar`;
  const same = SAME_IMAGE[name];
  if (same !== undefined) return same;
  if (name.startsWith('whole-')) return file;
  const members = await succeed('tar', ['-tf', join(folder, file)]);
  if (/^(\.\/)?(manifest\.json|repositories)$/m.test(members)) return file;
  const index = await succeed('tar', ['-xOf', join(folder, file), '--wildcards', '*index.json']);
  const refName = /"org.opencontainers.image.ref.name":"([^"]+)"/.exec(index)?.[1] ?? '';
  // A tag without a repository names nothing in an engine.
  const target = refName.includes('/') ? `:${refName}` : '';
  const reference = join('reference', file);
  await succeed('skopeo', [
    ...['--insecure-policy', 'copy', '--quiet', `oci-archive:${join(folder, file)}`],
    `docker-archive:${join(folder, reference)}${target}`,
  ]);
  return reference;
}
