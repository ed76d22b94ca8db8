import { describe, expect, it } from 'vitest';
import { escapeBytes, toHex } from '../../../src/base/bytes';
import {
  base256,
  endBlocks,
  GNU,
  joinBytes,
  rawEntry,
  rawHeader,
  V7,
} from '../../support/tar-bytes';
import { readTar, readOne } from '../../support/read-tar';

describe('a header', () => {
  it('of v7 has no prefix, names or devices', () => {
    const { entry, path, content } = readOne(
      rawEntry({ name: 'etc/motd', magic: V7, uid: 7, typeflag: '\0', mtime: 99 }, 'hello'),
    );
    expect(path).toBe('etc/motd');
    expect(content).toBe('hello');
    expect(entry).toMatchObject({ type: 'file', mode: 0o644, uid: 7, size: 5, mtime: 99 });
    expect(entry).toMatchObject({ uname: '', devMajor: 0, headerOffset: 0, contentOffset: 512 });
  });

  it('of ustar joins its prefix to its name, both without a NUL where they are full', () => {
    const prefix = `${'p'.repeat(154)}q`;
    const { path } = readOne(rawEntry({ name: 'n'.repeat(100), prefix }, 'x'));
    expect(path).toBe(`${prefix}/${'n'.repeat(100)}`);
  });

  it('of star has a shorter prefix, as times follow it', () => {
    const { path } = readOne(
      rawEntry({
        name: 'file',
        prefix: 'dir',
        patches: [
          [476, '00000000001\0'],
          [508, 'tar\0'],
        ],
      }),
    );
    expect(path).toBe('dir/file');
  });

  it('of GNU tar has times where ustar has its prefix', () => {
    const { path } = readOne(
      rawEntry({
        name: 'file',
        magic: GNU,
        patches: [
          [345, '14700000000\0'],
          [357, '14700000001\0'],
        ],
      }),
    );
    expect(path).toBe('file');
  });

  it('that an old Go wrote as GNU with a prefix is read with it', () => {
    expect(readOne(rawEntry({ name: 'file', magic: GNU, prefix: 'usr/share' })).path).toBe(
      'usr/share/file',
    );
  });

  it.each([
    ['0', 'file'],
    ['\0', 'file'],
    ['7', 'file'],
    ['Z', 'file'],
    ['1', 'hardlink'],
    ['2', 'symlink'],
    ['3', 'char'],
    ['4', 'block'],
    ['5', 'dir'],
    ['6', 'fifo'],
  ])('of type %j is a %s', (typeflag, type) => {
    expect(readOne(rawEntry({ typeflag })).entry.type).toBe(type);
  });

  it('of a v7 directory tells by its slash', () => {
    expect(readOne(rawEntry({ name: 'etc/', typeflag: '\0', magic: V7 })).entry.type).toBe('dir');
    expect(readOne(rawEntry({ name: 'etc/', typeflag: '0' })).entry.type).toBe('file');
  });

  it('keeps the twelve permission bits of a mode', () => {
    expect(readOne(rawEntry({ mode: 0o106755 })).entry.mode).toBe(0o6755);
  });

  it('of a device has its numbers, of a link its target', () => {
    expect(readOne(rawEntry({ typeflag: '3', devMajor: 5, devMinor: 1 })).entry).toMatchObject({
      devMajor: 5,
      devMinor: 1,
    });
    const { entry } = readOne(rawEntry({ typeflag: '2', linkname: '../lib' }));
    expect(escapeBytes(entry.linkname)).toBe('../lib');
  });

  it('of a link, directory or pipe has no content, whatever its size says', () => {
    for (const typeflag of ['1', '2', '5', '6']) {
      const entries = readTar(
        joinBytes(
          rawHeader({ typeflag, size: 1000 }),
          rawEntry({ name: 'next' }, 'x'),
          endBlocks(),
        ),
      );
      expect(entries.map(({ entry, path }) => [entry.size, path])).toEqual([
        [0, 'file'],
        [1, 'next'],
      ]);
    }
  });

  it('takes numbers with spaces around them, and empty ones for 0', () => {
    const { entry } = readOne(
      rawHeader({
        mode: '   644 \0',
        uid: '  12 \0',
        gid: '\0\0\0\0\0\0\0\0',
        size: '          0 ',
      }),
    );
    expect(entry).toMatchObject({ mode: 0o644, uid: 0o12, gid: 0, size: 0 });
  });

  it('takes base-256 numbers, negative ones too', () => {
    const { entry } = readOne(
      rawHeader({ typeflag: '5', uid: base256(3_000_000_000n, 8), mtime: base256(-86_400n) }),
    );
    expect(entry).toMatchObject({ uid: 3_000_000_000, mtime: -86_400 });
  });

  it('keeps names that are not UTF-8 as they are', () => {
    const { entry } = readOne(rawEntry({ name: Uint8Array.of(0x66, 0xe9, 0xff) }));
    expect(toHex(entry.path)).toBe('66e9ff');
  });
});

describe('GNU long names', () => {
  it('replace the names of the next entry, and only of that', () => {
    const longName = `${'d/'.repeat(300)}file`;
    const longLink = `${'t/'.repeat(300)}target`;
    const entries = readTar(
      joinBytes(
        rawEntry({ name: '././@LongLink', typeflag: 'L', magic: GNU }, `${longName}\0`),
        rawEntry({ name: '././@LongLink', typeflag: 'K', magic: GNU }, `${longLink}\0`),
        rawEntry({ name: 'd/d', typeflag: '2', linkname: 't/t', magic: GNU }),
        rawEntry({ name: 'short', magic: GNU }, 'x'),
        endBlocks(),
      ),
    );
    expect(entries.map(({ path }) => path)).toEqual([longName, 'short']);
    expect(escapeBytes(entries[0]!.entry.linkname)).toBe(longLink);
    expect(entries.map(({ entry }) => entry.headerOffset)).toEqual([0, 3584]);
  });
});
