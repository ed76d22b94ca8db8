import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { tarOf, type TarItem } from '../support/tar-builder';
import { ArchiveDraft } from './archive-draft';
import { Drydock } from './drydock';
import { Engine } from './engine';
import { succeed } from './program';
import { listTree } from './unpacked-tree';

const IMAGE = 'docker.io/library/good:1';
const linked: readonly TarItem[] = [
  { path: 'a', content: 'first' },
  { path: 'b', type: 'hardlink', linkname: 'a' },
];

/** Layers whose tars have a path twice. */
const cases: readonly (readonly [string, readonly TarItem[]])[] = [
  ['a file, linked to before', [...linked, { path: 'a', content: 'the second' }]],
  ['a folder', [...linked, { path: 'a/' }, { path: 'a/in', content: 'x' }]],
  ['a symlink', [...linked, { path: 'a', linkname: 'usr' }]],
  [
    'a file again and again, and links to it',
    [
      ...linked,
      { path: 'a', content: 'the second' },
      { path: 'c', type: 'hardlink', linkname: 'b' },
      { path: 'b', content: 'third of them' },
      { path: 'd', type: 'hardlink', linkname: 'a' },
      { path: 'e', type: 'hardlink', linkname: 'c' },
      { path: 'f', type: 'hardlink', linkname: 'b' },
      { path: 'a', content: '4' },
    ],
  ],
  [
    'a symlink that leads elsewhere',
    [
      { path: 'opt/' },
      { path: 'usr/' },
      { path: 'l', linkname: 'usr' },
      { path: 'l/a', content: 'x' },
      { path: 'l', linkname: 'opt' },
      { path: 'l/b', content: 'y' },
    ],
  ],
  [
    'a folder, after it was a file',
    [{ path: 'd/x' }, { path: 'd', content: 'x' }, { path: 'd/' }, { path: 'd/y' }],
  ],
];

let folder = '';
let engine: Engine;
const haveEngine = inject('samples').length > 0;

beforeAll(async () => {
  if (!haveEngine) return;
  folder = mkdtempSync(join(tmpdir(), 'drydock-replaced-'));
  engine = await Engine.start();
});
afterAll(async () => {
  if (!haveEngine) return;
  await engine.stop();
  await rm(folder, { recursive: true });
});

const ctr = (...args: readonly string[]): Promise<string> =>
  succeed('ctr', [
    ...['--address', engine.containerd, '--namespace', 'drydock', 'images'],
    ...args,
  ]);

/** Docker's own store takes no layer with a path twice; containerd makes each entry as it comes. */
describe.runIf(haveEngine)('a path that becomes', () => {
  test.each(cases)('%s is what containerd unpacks, and nothing for docker', async (_, items) => {
    const archive = new ArchiveDraft().addImage('good:1', [tarOf(items)]).bytes();
    const file = join(folder, 'image.tar');
    await writeFile(file, archive);
    const refused = await engine.docker(['load', '-i', file]);
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.stderr.toString()).toContain('duplicates of file paths not supported');

    const drydock = await Drydock.open();
    const files = { 'image.tar': new Blob([new Uint8Array(archive)]) };
    expect(await drydock.run('docker load -i image.tar', { files })).toMatchObject({ exitCode: 0 });
    const ours = await drydock.files('good:1');
    const theirs = await unpacked(file);
    expect(ours.map(({ path, type, size, linkname }) => ({ path, type, size, linkname }))).toEqual(
      theirs.map(({ path, type, size, linkname }) => ({ path, type, size, linkname })),
    );
  });
});

async function unpacked(file: string): ReturnType<typeof listTree> {
  const root = join(folder, 'root');
  await mkdir(root, { recursive: true });
  await ctr('import', '--snapshotter', 'native', file);
  try {
    await ctr('mount', '--snapshotter', 'native', IMAGE, root);
    try {
      return await listTree(root);
    } finally {
      await ctr('unmount', '--rm', '--snapshotter', 'native', root);
    }
  } finally {
    await ctr('rm', '--sync', IMAGE);
  }
}
