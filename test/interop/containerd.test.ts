import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Drydock } from './drydock';
import { Engine } from './engine';
import { run, succeed } from './program';
import { drydockWith, saveAll } from './saved-file';

const samples = inject('sampleFolder');

/** What is saved, and how: as stored, packed anew, as a layout alone, under several names, with platforms that are not there. */
const TRIPS: readonly (readonly [flags: string, ...samples: string[]])[] = [
  ['', 'docker-save', 'docker-save-family', 'docker-save-several-tags', 'docker-29'],
  ['', 'skopeo-oci-archive-gzip', 'skopeo-oci-archive-zstd'],
  ['--compress gzip', 'docker-save', 'docker-save-family'],
  ['--compress zstd', 'docker-save', 'docker-save-several-tags'],
  ['--type oci', 'docker-save', 'docker-29', 'skopeo-oci-archive-gzip'],
  ['--type oci --compress gzip', 'docker-save'],
];
const CASES = TRIPS.flatMap(([flags, ...names]) => names.map((sample) => ({ sample, flags })));

let folder = '';
let engine: Engine;

beforeAll(async () => {
  if (samples === '') return;
  folder = mkdtempSync(join(tmpdir(), 'drydock-containerd-'));
  engine = await Engine.start();
});
afterAll(async () => {
  if (samples === '') return;
  await engine.stop();
  await rm(folder, { recursive: true });
});

/** Arguments of containerd's own client; images of each namespace are apart. */
const ctr = (...args: readonly string[]): readonly string[] => [
  ...['--address', engine.containerd, '--namespace', 'drydock', 'images'],
  ...args,
];

/** Saves what a sample holds. Resolves to the archive, and to what Drydock has once it is loaded again. */
async function saved({ sample, flags }: (typeof CASES)[number]): Promise<[string, Drydock]> {
  const file = await saveAll(await drydockWith(join(samples, `${sample}.tar`)), flags, folder);
  return [file, await drydockWith(file)];
}

/** Names, and the manifest or index that each of them points to. */
async function namesIn(drydock: Drydock): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { name, target } of drydock.store.refs.list()) {
    lines.push(`${name} ${target.mediaType} ${target.digest}`);
  }
  return lines.sort();
}

async function namesInContainerd(): Promise<readonly string[]> {
  const [, ...rows] = (await succeed('ctr', ctr('ls'))).trimEnd().split('\n');
  return rows.map((row) => row.split(/\s+/).slice(0, 3).join(' ')).sort();
}

async function removeAll(): Promise<void> {
  const names = (await succeed('ctr', ctr('ls', '-q'))).split('\n').filter(Boolean);
  if (names.length > 0) await succeed('ctr', ctr('rm', '--sync', ...names));
}

describe.runIf(samples !== '')('containerd', () => {
  test.each(CASES)(
    'imports and unpacks $sample saved $flags: the same names and digests',
    async (trip) => {
      const [file, drydock] = await saved(trip);
      try {
        await succeed('ctr', ctr('import', '--snapshotter', 'native', file));
        expect(await namesInContainerd()).toEqual(await namesIn(drydock));
        expect(await namesIn(drydock)).not.toEqual([]);
      } finally {
        await removeAll();
      }
    },
  );

  test('asked for all platforms refuses an index of which some were never pulled', async () => {
    const [file] = await saved({ sample: 'docker-29', flags: '' });
    const all = ctr('import', '--snapshotter', 'native', '--all-platforms', file);
    try {
      const { exitCode, stderr } = await run('ctr', all);
      expect(exitCode).not.toBe(0);
      expect(stderr.toString()).toMatch(/not found/);
    } finally {
      await removeAll();
    }
  });
});
