import { describe, expect, test } from 'vitest';
import { bytesSource, collect } from '../../../src/base/byte-source';
import { LIMITS } from '../../../src/base/limits';
import { ArchiveEntries } from '../../../src/archive/archive-entries';
import { scanTar } from '../../../src/codec/tar/scan-tar';
import { joinBytes, paxEntry, rawEntry } from '../../support/tar-bytes';
import { tarOf, type TarItem } from '../../support/tar-builder';

async function entriesOf(items: readonly (TarItem | string)[]): Promise<ArchiveEntries> {
  return scan(tarOf(items));
}

async function scan(tar: Uint8Array<ArrayBuffer>): Promise<ArchiveEntries> {
  const source = bytesSource(tar);
  const entries = new ArchiveEntries(source, 'app.tar');
  await scanTar(source, (entry) => entries.add(entry));
  return entries;
}

async function textAt(entries: ArchiveEntries, path: string): Promise<string | undefined> {
  const file = entries.find(path);
  return file && new TextDecoder().decode(await collect(entries.bytesOf(file).open()));
}

describe('names', () => {
  test('are found with and without "./", doubled slashes and a slash at the end', async () => {
    const entries = await entriesOf([{ path: './a//b/./c', content: 'x' }]);
    expect(await textAt(entries, 'a/b/c')).toBe('x');
    expect(await textAt(entries, './a/b//c')).toBe('x');
  });

  test('that repeat mean the last entry', async () => {
    const entries = await entriesOf([
      { path: 'a', content: 'first' },
      { path: './a', content: 'last' },
    ]);
    expect(await textAt(entries, 'a')).toBe('last');
  });

  test('of directories are no files', async () => {
    const entries = await entriesOf([{ path: 'a/' }]);
    expect(entries.find('a')).toBeUndefined();
    expect(() => entries.file('a')).toThrow(/^a is not in app\.tar\.$/);
  });

  test('that are not UTF-8 do no harm', async () => {
    const entries = await entriesOf([{ path: Uint8Array.of(0x61, 0xff), content: 'x' }]);
    expect([...entries.paths()]).toEqual(['a\\xff']);
  });

  test.each(['../a', 'a/../../b', '/etc/passwd', 'a/..'])(
    '%s leads out and is refused by offset',
    async (path) => {
      const entries = await entriesOf([
        { path: 'good', content: 'x' },
        { path, content: 'x' },
      ]);
      expect(() => entries.refuseUnsafeNames()).toThrow(
        `app.tar names an entry "${path}" (offset 1024), which leads out of the archive.`,
      );
      expect([...entries.paths()]).toEqual(['good']);
    },
  );

  test.each(['../a', '/a', 'a/../../a'])(
    '%s is refused where a document asks for it',
    async (path) => {
      const entries = await entriesOf([{ path: 'a', content: 'x' }]);
      expect(() => entries.find(path)).toThrow(expect.objectContaining({ code: 'unsafe-path' }));
    },
  );
});

describe('links', () => {
  test('resolve from the folder they lie in, to entries before and after them', async () => {
    const entries = await entriesOf([
      { path: 'b/layer.tar', linkname: '../a/layer.tar' },
      { path: 'a/layer.tar', content: 'x' },
      { path: 'c/layer.tar', linkname: '../b/layer.tar' },
    ]);
    expect(await textAt(entries, 'b/layer.tar')).toBe('x');
    expect(await textAt(entries, 'c/layer.tar')).toBe('x');
    expect(entries.find('c/layer.tar')?.path).toBe('a/layer.tar');
  });

  test('that are hard resolve from the root', async () => {
    const entries = await entriesOf([
      { path: 'b/layer.tar', type: 'hardlink', linkname: 'a/layer.tar' },
      { path: 'a/layer.tar', content: 'x' },
    ]);
    expect(await textAt(entries, 'b/layer.tar')).toBe('x');
  });

  test('that are absolute mean the archive, as for an engine', async () => {
    const entries = await entriesOf([
      { path: 'b/layer.tar', linkname: '/a/layer.tar' },
      { path: 'a/layer.tar', content: 'x' },
    ]);
    expect(await textAt(entries, 'b/layer.tar')).toBe('x');
  });

  test('to folders are followed in the middle of a path', async () => {
    const entries = await entriesOf([
      { path: 'blobs', linkname: 'elsewhere/blobs' },
      { path: 'elsewhere/blobs/sha256/x', content: 'x' },
    ]);
    expect(await textAt(entries, 'blobs/sha256/x')).toBe('x');
  });

  test('to nothing find nothing', async () => {
    const entries = await entriesOf([{ path: 'a', linkname: 'gone' }]);
    expect(entries.find('a')).toBeUndefined();
  });

  test('out of the archive are refused when they are followed', async () => {
    const entries = await entriesOf([{ path: 'a/layer.tar', linkname: '../../etc/shadow' }]);
    expect(() => entries.find('a/layer.tar')).toThrow(
      expect.objectContaining({
        code: 'unsafe-path',
        detail: expect.objectContaining({ entry: 'a/layer.tar' }) as unknown,
      }),
    );
  });

  test('in a circle are refused', async () => {
    const entries = await entriesOf([
      { path: 'a', linkname: 'b' },
      { path: 'b', linkname: 'a' },
      { path: 'c', linkname: 'c' },
      { path: 'd', type: 'hardlink', linkname: 'd' },
    ]);
    for (const path of ['a', 'b', 'c', 'd', 'c/x']) {
      expect(() => entries.find(path)).toThrow(
        `"${path}" in app.tar leads through more than ${LIMITS.linkHops} links, or in a circle.`,
      );
    }
  });

  test('are followed as often as the limit says, and no further', async () => {
    const chain = (length: number): TarItem[] => [
      ...Array.from({ length }, (_, i) => ({ path: `${i}`, linkname: `${i + 1}` })),
      { path: `${length}`, content: 'x' },
    ];
    expect(await textAt(await entriesOf(chain(LIMITS.linkHops)), '0')).toBe('x');
    const longer = await entriesOf(chain(LIMITS.linkHops + 1));
    expect(() => longer.find('0')).toThrow(expect.objectContaining({ code: 'link-cycle' }));
  });
});

test('a sparse file is refused where it is asked for', async () => {
  const sparse = joinBytes(
    paxEntry([
      ['GNU.sparse.size', '2048'],
      ['GNU.sparse.map', '0,512,1536,512'],
    ]),
    rawEntry({ name: 'manifest.json' }, new Uint8Array(1024)),
    new Uint8Array(1024),
  );
  const entries = await scan(sparse);
  expect(() => entries.find('manifest.json')).toThrow(
    /^manifest\.json in app\.tar is stored as a sparse file/,
  );
});

test('a document past its limit is not read', async () => {
  const entries = await entriesOf([{ path: 'a', content: '12345' }]);
  await expect(entries.read(entries.file('a'), 4)).rejects.toThrow(
    'a in app.tar is 5 bytes, more than the 4 bytes allowed.',
  );
});
