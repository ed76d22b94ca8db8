import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { countLinkFaults } from '../../src/layer/stack/link-faults';
import { layerOf } from '../support/layer-of';
import { tarOf, type TarItem } from '../support/tar-builder';
import { ArchiveDraft } from './archive-draft';
import { Engine } from './engine';
import { run, succeed } from './program';
import { exportsTheSame } from './same-export';
import { inTemporaryFolder } from './samples/image-makers';

const haveEngine = inject('samples').length > 0;
const usr: readonly TarItem[] = [
  { path: 'usr/' },
  { path: 'usr/lib/' },
  { path: 'usr/lib/x', content: 'hello' },
];
const cases: readonly (readonly [string, readonly TarItem[]])[] = [
  [
    'what was linked to before it came by another way',
    [
      ...usr,
      { path: 'lib', linkname: 'usr/lib' },
      { path: 'lib/a', content: 'xx' },
      { path: 'b', type: 'hardlink', linkname: 'lib/a' },
      { path: 'usr/lib/a', content: 'second' },
    ],
  ],
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

/** Links that nothing was there for yet. */
const refused: readonly (readonly [string, readonly TarItem[]])[] = [
  ['a target that comes later', [{ path: 'b', type: 'hardlink', linkname: 'a' }, { path: 'a' }]],
  [
    'a target that comes later, through a symlink',
    [
      ...usr,
      { path: 'lib', linkname: 'usr/lib' },
      { path: 'b', type: 'hardlink', linkname: 'lib/later' },
      { path: 'usr/lib/later' },
    ],
  ],
  [
    'a symlink on the way that comes later',
    [
      ...usr,
      { path: 'b', type: 'hardlink', linkname: 'lib/x' },
      { path: 'lib', linkname: 'usr/lib' },
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

  test.each(cases)('%s within one layer', (_, items) =>
    exportsTheSame(engine(), archiveOf([items])),
  );
  test('a link to what a lower layer has, and its own only later', () =>
    exportsTheSame(
      engine(),
      archiveOf([
        [{ path: 'a', content: 'lower' }],
        [
          { path: 'b', type: 'hardlink', linkname: 'a' },
          { path: 'a', content: 'the second' },
        ],
      ]),
    ));
  test.each(refused)('%s is refused, and counted', async (_, items) => {
    await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'image.tar'), archiveOf([items]));
      const loaded = await engine().docker(['load', '-i', join(folder, 'image.tar')]);
      expect(loaded.exitCode).toBe(1);
    });
    const steps = countLinkFaults(layerOf(items));
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    expect(step.value).toEqual({ stray: 0, early: 1 });
  });
  test.each(loneWhiteouts)('%s in a folder that is nowhere', (_, items) =>
    exportsTheSame(engine(), archiveOf([usr, items])),
  );
});

/** As most engines are; this one cannot be on every file system. */
describe.runIf(haveEngine && (await canOverlay()))('with overlay2', () => {
  const engine = engineOf('overlay2');

  test.each(cases)('%s within one layer', (_, items) =>
    exportsTheSame(engine(), archiveOf([items])),
  );
  test.each(stacks)('%s below a symlink of a lower layer', (_, items) =>
    exportsTheSame(engine(), archiveOf([below, items])),
  );
  test.each(loneWhiteouts)('%s in a folder that is nowhere', (_, items) =>
    exportsTheSame(engine(), archiveOf([usr, items])),
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

function archiveOf(layers: readonly (readonly TarItem[])[]): Uint8Array {
  const tars = layers.map((items) => tarOf(items));
  return new ArchiveDraft().addImage('good:1', tars).bytes();
}
