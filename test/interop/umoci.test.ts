import { mkdtempSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Drydock } from './drydock';
import { shell, succeed } from './program';
import { drydockWith, saidByDrydock, saveAll } from './saved-file';
import { listTree, type UnpackedEntry } from './unpacked-tree';

const samples = inject('sampleFolder');
const TAG = '1';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-umoci-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a program reads out of an image. */
interface ReadImage {
  readonly config: ReadConfig;
  readonly layers: readonly string[];
  readonly history: readonly ReadStep[];
  readonly files: readonly UnpackedEntry[];
}

interface ReadConfig {
  /** The entrypoint, then the command. */
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface ReadStep {
  readonly created: string;
  readonly createdBy: string;
  readonly comment: string;
}

const umoci = (...args: readonly string[]): Promise<string> => succeed('umoci', args);
const layoutPath = (): string => join(folder, 'layout');
const image = (): readonly string[] => ['--image', `${layoutPath()}:${TAG}`];

/** The archive's files as the folder that umoci reads. */
async function unpackLayout(archive: string): Promise<void> {
  await rm(layoutPath(), { recursive: true, force: true });
  await mkdir(layoutPath());
  await succeed('tar', ['-xf', archive, '-C', layoutPath()]);
}

/** The image in a fresh bundle. Resolves to the bundle's path. */
async function unpackBundle(): Promise<string> {
  const bundle = join(folder, 'bundle');
  await rm(bundle, { recursive: true, force: true });
  await umoci('unpack', ...image(), bundle);
  return bundle;
}

async function readByUmoci(): Promise<ReadImage> {
  const bundle = await unpackBundle();
  const { process, annotations } = JSON.parse(
    await readFile(join(bundle, 'config.json'), 'utf8'),
  ) as RuntimeConfig;
  const { history } = JSON.parse(await umoci('stat', '--json', ...image())) as Stat;
  return {
    config: {
      args: process.args,
      // It gives whoever has none a terminal, in any place.
      env: process.env.filter((variable) => variable !== 'TERM=xterm').sort(),
      cwd: process.cwd,
      user: `${process.user.uid}:${process.user.gid}`,
      labels: withoutItsOwn(annotations),
    },
    layers: history.flatMap(({ diff_id }) => (diff_id === '' ? [] : [diff_id])),
    history: history.map(({ created, created_by = '', comment = '' }) =>
      stepOf(created, created_by, comment),
    ),
    files: await listTree(join(bundle, 'rootfs')),
  };
}

interface RuntimeConfig {
  readonly process: {
    readonly args: readonly string[];
    readonly env: readonly string[];
    readonly cwd: string;
    readonly user: { readonly uid: number; readonly gid: number };
  };
  readonly annotations: Readonly<Record<string, string>>;
}

interface Stat {
  readonly history: readonly {
    readonly diff_id: string;
    readonly created: string;
    readonly created_by?: string;
    readonly comment?: string;
  }[];
}

/** Labels without what umoci says of the image beside them. */
function withoutItsOwn(annotations: Readonly<Record<string, string>>): ReadConfig['labels'] {
  const labels = Object.entries(annotations).filter(
    ([key]) => !key.startsWith('org.opencontainers.image.'),
  );
  return Object.fromEntries(labels);
}

/** Whole seconds, as docker says it; tabs are blanks to both. */
function stepOf(created: string, createdBy: string, comment: string): ReadStep {
  const seconds = `${new Date(created).toISOString().slice(0, 19)}Z`;
  return { created: seconds, createdBy: createdBy.replaceAll('\t', ' '), comment };
}

async function readByDrydock(drydock: Drydock, id: string): Promise<ReadImage> {
  const inspected = await drydock.run(`docker inspect ${id}`);
  const [{ Config, RootFS }] = JSON.parse(inspected.stdout) as [Inspected];
  const history = await drydock.run(`docker history --no-trunc --human=false --format json ${id}`);
  const files = (await drydock.files(id)).map(
    async ({ path, type, mode, uid, gid, size, linkname }) => ({
      ...{ path, type, mode, uid, gid, size, linkname },
      content: type === 'file' ? await drydock.contentHash(id, path) : '',
    }),
  );
  return {
    config: {
      args: [...(Config.Entrypoint ?? []), ...(Config.Cmd ?? [])],
      env: [...Config.Env].sort(),
      // umoci says what an engine takes where nothing is said.
      cwd: Config.WorkingDir || '/',
      user: Config.User || '0:0',
      labels: Config.Labels ?? {},
    },
    layers: RootFS.Layers,
    history: parseHistory(history.stdout),
    files: await Promise.all(files),
  };
}

interface Inspected {
  readonly Config: {
    readonly Entrypoint: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
    readonly Env: readonly string[];
    readonly WorkingDir: string;
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>> | null;
  };
  readonly RootFS: { readonly Layers: readonly string[] };
}

/** From the first step on, which docker lists last. */
function parseHistory(lines: string): readonly ReadStep[] {
  const steps = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { CreatedAt: string; CreatedBy: string; Comment: string });
  return steps
    .reverse()
    .map(({ CreatedAt, CreatedBy, Comment }) => stepOf(CreatedAt, CreatedBy, Comment));
}

/** What Drydock has of a sample, and the folder that umoci reads of what it saves. */
async function savedForUmoci(sample: string, flags: string): Promise<[Drydock, string]> {
  const drydock = await drydockWith(join(samples, `${sample}.tar`));
  await unpackLayout(await saveAll(drydock, flags, folder));
  const [said] = await saidByDrydock(drydock);
  return [drydock, said?.id ?? ''];
}

describe.runIf(samples !== '')('umoci', () => {
  test.each([
    ['docker-save', ''],
    ['skopeo-oci-archive-gzip', ''],
    ['docker-save', '--type oci --compress gzip'],
    ['docker-save-several-tags', '--type oci --compress gzip'],
    ['podman-oci-archive', '--type oci'],
  ])('reads %s saved %s: configuration, history, every file', async (sample, flags) => {
    const [drydock, id] = await savedForUmoci(sample, flags);
    expect(await readByUmoci()).toEqual(await readByDrydock(drydock, id));
  });

  test('changes an image, which Drydock loads again as umoci has it', async () => {
    const [, before] = await savedForUmoci('docker-save', '');
    const bundle = await unpackBundle();
    await writeFile(join(bundle, 'rootfs', 'added'), 'by umoci\n');
    await rm(join(bundle, 'rootfs', 'types'), { recursive: true });
    await umoci('repack', ...image(), bundle);
    await umoci('config', ...image(), '--config.user', '7:8', '--config.workingdir', '/added');
    await umoci('config', ...image(), '--config.env', 'ADDED=x', '--config.label', 'added=1');
    await umoci('config', ...image(), '--clear', 'config.entrypoint', '--config.cmd', '/added');
    const archive = join(folder, 'changed.tar');
    await shell('tar -cf "$1" -C "$2" oci-layout index.json blobs', archive, layoutPath());
    const drydock = await drydockWith(archive);
    const [said] = await saidByDrydock(drydock);
    expect(said?.names).toEqual(['drydock.test/rich:1']);
    const theirs = await readByUmoci();
    expect(theirs.config).toMatchObject({ args: ['/added'], user: '7:8', cwd: '/added' });
    expect(theirs.files).toContainEqual(expect.objectContaining({ path: 'added', size: 9 }));
    expect(await readByDrydock(drydock, said?.id ?? '')).toEqual(theirs);
    expect(said?.id).not.toBe(before);
  });
});
