import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { PIECE_BYTES } from '../../src/codec/compression/piece-format';
import { buildImage, docker110 } from '../support/archive-builder';
import { layerLikeBytes } from '../support/encoded-layers';
import { tarOf } from '../support/tar-builder';
import { Engine } from './engine';
import { run, shell, succeed } from './program';
import {
  drydockWith,
  parseSaid,
  SAID_FORMAT,
  saidByDrydock,
  saveAll,
  sha256Of,
  type SaidOfImage,
} from './saved-file';

const samples = inject('sampleFolder');

/** What is saved, how, and who is to read it. */
interface Trip {
  readonly sample: string;
  readonly flags: string;
}

const trips = (flags: string, ...names: readonly string[]): readonly Trip[] =>
  names.map((sample) => ({ sample, flags }));

/** With a layer of several pieces, which are packed one by one; made by this suite. */
const LARGE = 'large-layer';

/** As stored: plain, gzip, eStargz, several images that share layers, several tags, none, an index with what was not pulled, an odd configuration. */
const DOCKER: readonly Trip[] = [
  ...trips('', 'docker-save', 'docker-save-family', 'docker-save-several-tags'),
  ...trips('', 'docker-save-untagged', 'docker-29', 'skopeo-oci-archive-gzip', 'layers-estargz'),
  ...trips('', 'bare-config', 'podman-several-names'),
  ...trips('--compress gzip', 'docker-save', 'docker-save-family', 'oci-compression-twins', LARGE),
  ...trips('--compress none', 'docker-29', 'skopeo-oci-archive-zstd'),
];
const ZSTD: readonly Trip[] = [
  ...trips('--compress zstd', 'docker-save', 'docker-save-several-tags', LARGE),
  ...trips('', 'skopeo-oci-archive-zstd'),
];
const OCI: readonly Trip[] = [
  ...trips('--type oci', 'docker-save', 'docker-29', 'skopeo-oci-archive-gzip'),
  ...trips('--type oci --compress gzip', 'docker-save'),
];
const LEGACY = trips(
  '--type legacy',
  'docker-save',
  'docker-save-family',
  'docker-save-several-tags',
);

let folder = '';
let engine: Engine;

beforeAll(async () => {
  if (samples === '') return;
  folder = mkdtempSync(join(tmpdir(), 'drydock-save-'));
  const layer = [{ path: 'data', content: layerLikeBytes(2.5 * PIECE_BYTES) }];
  const large = buildImage({ tags: ['drydock.test/large:1'], layers: [layer] });
  await writeFile(sampleFile(LARGE), tarOf(docker110([large])));
  engine = await Engine.start();
});
afterAll(async () => {
  if (samples === '') return;
  await engine.stop();
  await shell('umount --lazy "$1" 2>/dev/null || true; rm -rf "$2"', join(folder, 'root'), folder);
});

function sampleFile(name: string): string {
  return join(name === LARGE ? folder : samples, `${name}.tar`);
}

/** Loads a sample, saves it anew, and gives what Drydock says of it. */
async function saved({
  sample,
  flags,
}: Trip): Promise<{ file: string; said: readonly SaidOfImage[] }> {
  const drydock = await drydockWith(sampleFile(sample));
  const said = await saidByDrydock(drydock);
  return { file: await saveAll(drydock, flags, folder), said };
}

async function saidByDocker(): Promise<readonly SaidOfImage[]> {
  const ids = await engine.must(['images', '--quiet', '--no-trunc']);
  const format = ['image', 'inspect', '--format', SAID_FORMAT];
  return parseSaid(await engine.must([...format, ...new Set(ids.trim().split('\n'))]));
}

const ofTrip = describe.runIf(samples !== '');

ofTrip('Drydock itself', () => {
  test.each([...DOCKER, ...ZSTD, ...OCI])(
    'loads $sample saved $flags as what it was',
    async (trip) => {
      const { file, said } = await saved(trip);
      const again = await drydockWith(file);
      expect(await saidByDrydock(again)).toEqual(said);
      const before = await sha256Of(file);
      expect(await sha256Of(await saveAll(again, trip.flags, folder))).toBe(before);
    },
  );
});

ofTrip('docker load', () => {
  test.each(DOCKER)('of $sample saved $flags: the same IDs, names and layers', async (trip) => {
    const { file, said } = await saved(trip);
    try {
      await engine.must(['load', '--input', file]);
      expect(await saidByDocker()).toEqual(said);
      const back = join(folder, 'back.tar');
      const words = said.flatMap(({ id, names }) => (names.length > 0 ? names : [id]));
      await engine.must(['save', '--output', back, ...words]);
      expect(await saidByDrydock(await drydockWith(back))).toEqual(said);
    } finally {
      await engine.must(['image', 'prune', '--all', '--force']);
    }
  });

  test.each(LEGACY)('of $sample saved $flags: the same names and layers', async (trip) => {
    const { file, said } = await saved(trip);
    try {
      await engine.must(['load', '--input', file]);
      const loaded = await saidByDocker();
      const byNames = (images: readonly SaidOfImage[]): readonly string[] =>
        images.map(({ names, layers }) => JSON.stringify({ names, layers })).sort();
      expect(byNames(loaded)).toEqual(byNames(said));
      // Whoever loads a legacy archive makes the configuration; both make the same.
      expect(await saidByDrydock(await drydockWith(file))).toEqual(loaded);
    } finally {
      await engine.must(['image', 'prune', '--all', '--force']);
    }
  });

  test('names legacy layers as Drydock does', async () => {
    const { file } = await saved({ sample: 'docker-save', flags: '--type legacy' });
    await engine.must(['load', '--input', join(samples, 'docker-save.tar')]);
    try {
      const theirs = join(folder, 'theirs.tar');
      await engine.must(['save', '--output', theirs, 'drydock.test/rich:1']);
      const list = (path: string): Promise<string> =>
        shell(`tar -tf "$1" | grep -E '/(json|VERSION|layer.tar)$' | sort`, path);
      expect(await list(file)).toBe(await list(theirs));
      const documents = (path: string): Promise<string> =>
        shell(`tar -xOf "$1" --wildcards '*/json'`, path);
      expect(await documents(file)).toBe(await documents(theirs));
    } finally {
      await engine.must(['image', 'prune', '--all', '--force']);
    }
  });
});

ofTrip('podman load', () => {
  const podman = (...args: string[]): Promise<string> =>
    succeed('podman', [
      ...['--root', join(folder, 'root'), '--runroot', join(folder, 'run')],
      ...['--storage-driver', 'vfs', ...args],
    ]);

  test.each([...DOCKER, ...ZSTD])(
    'of $sample saved $flags: the same IDs and names',
    async (trip) => {
      const { file, said } = await saved(trip);
      try {
        await podman('load', '--quiet', '--input', file);
        const ids = (await podman('images', '--quiet', '--no-trunc')).trim().split('\n');
        const inspected = JSON.parse(
          await podman('image', 'inspect', ...new Set(ids)),
        ) as readonly PodmanImage[];
        const loaded = inspected.map(({ Id, RepoTags, RootFS }) => ({
          id: Id,
          names: RepoTags.map(withoutHost).sort(),
          layers: RootFS.Layers,
        }));
        const expected = said.map(({ id, names, layers }) => ({
          id: id.replace('sha256:', ''),
          names: names.map(withoutHost).sort(),
          layers,
        }));
        const byId = (a: SaidOfImage, b: SaidOfImage): number => a.id.localeCompare(b.id);
        expect(loaded.sort(byId)).toEqual(expected.sort(byId));
      } finally {
        await podman('rmi', '--all', '--force');
      }
    },
  );
});

interface PodmanImage {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RootFS: { readonly Layers: readonly string[] };
}

/** podman takes a name without a host for one of its own, or of Docker Hub, as it finds it in manifest.json or in index.json. */
function withoutHost(name: string): string {
  return name.replace(/^(?:localhost|docker\.io(?:\/library)?)\//, '');
}

ofTrip('skopeo', () => {
  const skopeo = (...args: string[]): Promise<string> =>
    succeed('skopeo', ['--insecure-policy', ...args]);

  test.each([...DOCKER, ...ZSTD])(
    'reads $sample saved $flags as docker-archive: the same ID and layers',
    async (trip) => {
      const { file, said } = await saved(trip);
      for (const { id, names, layers } of said) {
        const source = `docker-archive:${file}${names[0] === undefined ? '' : `:${names[0]}`}`;
        const target = await emptied('dir');
        await skopeo('copy', '--quiet', source, `dir:${target}`);
        expect(await copiedTo(target)).toEqual({ id, layers });
      }
    },
  );

  test.each([...DOCKER.slice(3, 7), ...ZSTD.slice(2), ...OCI])(
    'reads $sample saved $flags as oci-archive: the same ID and layers',
    async (trip) => {
      const { file, said } = await saved(trip);
      const [image] = said;
      const tag = /:([^:/]+)$/.exec(image?.names[0] ?? '')?.[1];
      const target = await emptied('dir');
      const source = `oci-archive:${file}${tag === undefined ? '' : `:${tag}`}`;
      await skopeo('copy', '--quiet', source, `dir:${target}`);
      expect(await copiedTo(target)).toEqual({ id: image?.id, layers: image?.layers });
    },
  );
});

async function emptied(name: string): Promise<string> {
  const path = join(folder, name);
  await rm(path, { recursive: true, force: true });
  await mkdir(path);
  return path;
}

/** The configuration and the unpacked layers of what skopeo wrote as `dir:`, by their digests. */
async function copiedTo(path: string): Promise<Pick<SaidOfImage, 'id' | 'layers'>> {
  const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as {
    config: { digest: string };
    layers: readonly { digest: string }[];
  };
  const layers: string[] = [];
  for (const { digest } of manifest.layers) {
    const bytes = await readFile(join(path, digest.replace('sha256:', '')));
    layers.push(`sha256:${hash(await unpacked(bytes, join(path, digest.replace('sha256:', ''))))}`);
  }
  return { id: manifest.config.digest, layers };
}

async function unpacked(bytes: Buffer, file: string): Promise<Buffer> {
  if (bytes.readUInt16BE(0) === 0x1f8b) return gunzipSync(bytes);
  if (bytes.readUInt32BE(0) !== 0x28b52ffd) return bytes;
  return (await run('zstd', ['-dc', file])).stdout;
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
