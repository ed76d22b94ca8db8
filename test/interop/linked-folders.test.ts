import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { tarOf, type TarItem } from '../support/tar-builder';
import { ArchiveDraft } from './archive-draft';
import { Drydock } from './drydock';
import { Engine } from './engine';
import { run, succeed } from './program';
import { inTemporaryFolder } from './samples/image-makers';
import { listTar } from './tar-listing';

const haveEngine = inject('samples').length > 0;
const usr: readonly TarItem[] = [
  { path: 'usr/' },
  { path: 'usr/lib/' },
  { path: 'usr/lib/x', content: 'hello' },
];
const cases: readonly (readonly [string, readonly TarItem[]])[] = [
  ['an entry below a symlink', [...usr, { path: 'lib', linkname: 'usr/lib' }, { path: 'lib/a' }]],
  ['an absolute symlink', [...usr, { path: 'lib', linkname: '/usr/lib' }, { path: 'lib/a' }]],
  [
    'folders below a symlink',
    [...usr, { path: 'lib', linkname: 'usr/lib' }, { path: 'lib/n/' }, { path: 'lib/n/a' }],
  ],
  [
    'one path by two ways',
    [
      ...usr,
      { path: 'lib', linkname: 'usr/lib' },
      { path: 'lib/a', content: 'xx' },
      { path: 'usr/lib/a', content: 'second' },
    ],
  ],
  [
    'a hardlink through a symlink',
    [
      ...usr,
      { path: 'lib', linkname: 'usr/lib' },
      { path: 'y', type: 'hardlink', linkname: 'lib/x' },
    ],
  ],
  [
    'symlinks in a ring',
    [
      { path: 'a', linkname: 'b' },
      { path: 'b', linkname: 'a' },
      { path: 'c', linkname: 'c' },
    ],
  ],
];

const below = [...usr, { path: 'lib', linkname: 'usr/lib' }];
const stacks: readonly (readonly [string, readonly TarItem[]])[] = [
  ['an entry', [{ path: 'lib/a', content: 'a' }]],
  ['a folder and an entry', [{ path: 'lib/' }, { path: 'lib/a', content: 'a' }]],
  ['a whiteout', [{ path: 'lib/.wh.x' }]],
  ['an opaque marker', [{ path: 'lib/.wh..wh..opq' }]],
];
const loneWhiteouts: readonly (readonly [string, readonly TarItem[]])[] = [
  ['a whiteout', [{ path: 'none/deep/.wh.x' }]],
  ['an opaque marker', [{ path: 'none/.wh..wh..opq' }]],
];

describe.runIf(haveEngine)('with vfs', () => {
  const engine = engineOf('vfs');

  test.each(cases)('%s within one layer', (_, items) => exportsTheSame(engine(), [items]));
  test.each(loneWhiteouts)('%s in a folder that is nowhere', (_, items) =>
    exportsTheSame(engine(), [usr, items]),
  );
});

/** As most engines are; this one cannot be on every file system. */
describe.runIf(haveEngine && (await canOverlay()))('with overlay2', () => {
  const engine = engineOf('overlay2');

  test.each(cases)('%s within one layer', (_, items) => exportsTheSame(engine(), [items]));
  test.each(stacks)('%s below a symlink of a lower layer', (_, items) =>
    exportsTheSame(engine(), [below, items]),
  );
  test.each(loneWhiteouts)('%s in a folder that is nowhere', (_, items) =>
    exportsTheSame(engine(), [usr, items]),
  );
});

/** An engine for the tests of a suite. */
function engineOf(driver: 'vfs' | 'overlay2'): () => Engine {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await Engine.start(driver);
  });
  afterAll(() => engine?.stop());
  return () => {
    if (!engine) throw new Error('the engine has not started');
    return engine;
  };
}

/** Whether folders can be laid over each other where an engine would keep its layers. */
async function canOverlay(): Promise<boolean> {
  return inTemporaryFolder(async (folder) => {
    const [lower, upper, work, merged] = ['l', 'u', 'w', 'm'].map((name) => join(folder, name));
    for (const path of [lower, upper, work, merged]) await mkdir(String(path));
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    const mount = ['-t', 'overlay', 'overlay', '-o', options, String(merged)];
    if ((await run('mount', mount)).exitCode !== 0) return false;
    await succeed('umount', [String(merged)]);
    return true;
  });
}

async function exportsTheSame(
  engine: Engine,
  layers: readonly (readonly TarItem[])[],
): Promise<void> {
  const tars = layers.map((items) => tarOf(items));
  const archive = new ArchiveDraft().addImage('good:1', tars).bytes();
  const drydock = await Drydock.open();
  const files = { 'image.tar': new Blob([new Uint8Array(archive)]) };
  expect(await drydock.run('docker load -i image.tar', { files })).toMatchObject({ exitCode: 0 });
  const theirs = await exported(engine, archive);
  const ours = (await drydock.files('good:1')).map(({ path, type, linkname, size }) => ({
    path,
    type,
    linkname,
    size,
  }));
  expect(ours).toEqual(theirs.filter(({ path }) => ours.some((our) => our.path === path)));
  expect(theirs.length - ours.length).toBe(theirs.filter(({ path }) => isMade(path)).length);
}

/** What an engine puts into every container. */
function isMade(path: string): boolean {
  return path === '.dockerenv' || /^(?:dev|etc|proc|sys)(?:\/|$)/.test(path);
}

/** A container's files, hardlinks as what they link to. */
async function exported(engine: Engine, archive: Uint8Array) {
  return inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'image.tar'), archive);
    await engine.must(['load', '-i', join(folder, 'image.tar')]);
    const container = (await engine.must(['create', 'good:1', 'x'])).trim();
    await engine.must(['export', '-o', join(folder, 'out.tar'), container]);
    await engine.must(['rm', container]);
    await engine.must(['rmi', 'good:1']);
    const listed = (await listTar(join(folder, 'out.tar'))).filter(({ path }) => path !== '');
    const byPath = new Map(listed.map((entry) => [entry.path, entry]));
    return listed
      .map(({ path, type, linkname, size }) => {
        const target = type === 'hardlink' ? byPath.get(linkname) : undefined;
        return target
          ? { path, type: target.type, linkname: '', size: target.size }
          : { path, type, linkname, size };
      })
      .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  });
}
