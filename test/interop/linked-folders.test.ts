import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { tarOf, type TarItem } from '../support/tar-builder';
import { ArchiveDraft } from './archive-draft';
import { Drydock } from './drydock';
import { Engine } from './engine';
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

describe.runIf(haveEngine)('links within one layer', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start();
  });
  afterAll(() => engine.stop());

  test.each(cases)('%s: as an engine exports it', async (_, items) => {
    const archive = ArchiveDraft.ofLayer(tarOf(items)).bytes();
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
  });
});

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
