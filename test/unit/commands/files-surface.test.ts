import { beforeAll, describe, expect, it } from 'vitest';
import type { CommandEnvironment } from '../../../src/commands/command';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { buildImage, docker110 } from '../../support/archive-builder';
import { environmentOf, run } from '../../support/fixture-store';
import { tarOf } from '../../support/tar-builder';

/** A layer with every kind of name and entry, and one that hides most of it. */
const LAYERS = [
  [
    './',
    { path: 'd/', mode: 0o711, uid: 7, gid: 8, mtime: 1_700_000_000 },
    { path: 'd/a', content: 'one', mode: 0o4755 },
    { path: 'd/soft', type: 'symlink' as const, linkname: 'a\\b' },
    { path: 'kept/hard', type: 'hardlink' as const, linkname: 'kept/file' },
    { path: 'kept/file', content: 'kept' },
    { path: 'back\\slash', content: 'x' },
    { path: Uint8Array.of(0x6c, 0xff, 0x31), content: 'y' },
  ],
  ['d/.wh..wh..opq', { path: 'd/c', content: 'three' }, '.wh.gone', 'd/.wh..wh.plnk'],
  [{ path: 'gone', content: 'again' }, '.wh.gone'],
];

let environment: CommandEnvironment;

beforeAll(async () => {
  environment = environmentOf(await openMemoryStore());
  const archive = tarOf(docker110([buildImage({ tags: ['t:1'], layers: LAYERS })]));
  const files = { 'a.tar': new Blob([archive]) };
  const loaded = await run(environment, 'docker load -i a.tar', { files });
  if (loaded.exitCode !== 0) throw new Error(loaded.stderr);
});

async function listed(words: string) {
  const { stdout } = await run(environment, `drydock files t:1 ${words} --format json`);
  return JSON.parse(stdout) as readonly Record<string, unknown>[];
}

const names = (entries: readonly Record<string, unknown>[]) =>
  entries.map(
    ({ path, type, whiteout }) => `${String(type)}${whiteout ? '!' : ''} ${String(path)}`,
  );

describe('drydock files --format json', () => {
  it('escapes names, sorts by their raw bytes, and tells every member of an entry', async () => {
    const entries = await listed('--layer 0');
    expect(names(entries)).toEqual([
      'file back\\\\slash',
      'dir d',
      'file d/a',
      'symlink d/soft',
      'file kept/file',
      'hardlink kept/hard',
      'file l\\xff1',
    ]);
    expect(entries[1]).toEqual({
      path: 'd',
      type: 'dir',
      mode: 0o711,
      uid: 7,
      gid: 8,
      size: 0,
      mtime: 1_700_000_000,
      linkname: '',
      whiteout: false,
    });
    expect(entries[2]).toMatchObject({ mode: 0o4755, size: 3 });
    expect(entries[3]).toMatchObject({ linkname: 'a\\\\b', size: 0 });
    expect(entries[5]).toMatchObject({ linkname: 'kept/file', size: 0 });
  });

  it('lists what a layer hides, a whiteout before an entry of the same path', async () => {
    expect(names(await listed('--layer 1'))).toEqual(['opaque! d', 'file d/c', 'file! gone']);
    expect(names(await listed('--layer 2'))).toEqual(['file! gone', 'file gone']);
  });

  it('merges: hidden entries are gone, links are what they link to, directories are all there', async () => {
    const entries = await listed('');
    expect(names(entries)).toEqual([
      'file back\\\\slash',
      'dir d',
      'file d/c',
      'file gone',
      'dir kept',
      'file kept/file',
      'file kept/hard',
      'file l\\xff1',
    ]);
    expect(entries[4]).toMatchObject({ mode: 0o755, uid: 0 });
    expect(entries[6]).toMatchObject({ size: 4, linkname: '' });
  });
});

describe('drydock cat', () => {
  it.each([
    [String.raw`'back\\slash'`, 'x'],
    [String.raw`'l\xff1'`, 'y'],
    ['/kept/hard', 'kept'],
    ['--layer 0 d/a', 'one'],
  ])('%s prints the file', async (words, stdout) => {
    expect(await run(environment, `drydock cat t:1 ${words}`)).toMatchObject({
      exitCode: 0,
      stdout,
      stderr: '',
    });
  });

  it.each([
    ['d', '"d" is a directory, not a file.\n'],
    ['--layer 0 d/soft', /^"d\/soft" is a symbolic link.*\n$/],
    ['--layer 0 kept/hard', /^"kept\/hard" is a hard ?link.*\n$/],
    ['--layer 1 gone', '"gone" is deleted by this layer, not a file.\n'],
    ['d/a', 'There is no "d/a".\n'],
  ])('%s exits 1 with a reason', async (words, stderr) => {
    const result = await run(environment, `drydock cat t:1 ${words}`);
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(stderr);
  });
});
