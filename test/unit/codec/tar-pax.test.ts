import { describe, expect, it } from 'vitest';
import { encodeUtf8, escapeBytes } from '../../../src/base/bytes';
import {
  endBlocks,
  joinBytes,
  padded,
  paxEntry,
  rawEntry,
  rawHeader,
} from '../../support/tar-bytes';
import { readTar, coded, readOne } from '../../support/read-tar';

describe('pax records', () => {
  it('override the header', () => {
    const { entry, path, content } = readOne(
      paxEntry([
        ['path', 'dir/ünïcode'],
        ['size', '3'],
        ['uid', '4294967294'],
        ['gid', '70000'],
        ['mtime', '-1.5'],
        ['uname', 'jürgen'],
        ['gname', 'staff'],
      ]),
      rawHeader({ name: 'x', size: 0 }),
      padded(encodeUtf8('abc')),
    );
    expect(path).toBe('dir/ünïcode');
    expect(content).toBe('abc');
    expect(entry).toMatchObject({
      size: 3,
      storedSize: 3,
      uid: 4294967294,
      gid: 70000,
      mtime: -1.5,
    });
    expect(entry).toMatchObject({ uname: 'jürgen', gname: 'staff', headerOffset: 0 });
  });

  it('give a link its target', () => {
    const { entry } = readOne(
      paxEntry([['linkpath', 'a/ß']]),
      rawEntry({ typeflag: '1', linkname: 'a' }),
    );
    expect(escapeBytes(entry.linkname)).toBe('a/ß');
  });

  it('hold binary values, with newlines and NULs', () => {
    const capability = Uint8Array.of(1, 0, 0, 2, 0x0a, 0x3d, 0, 0, 0x0a, 0xff);
    const { entry } = readOne(
      paxEntry([
        ['SCHILY.xattr.security.capability', capability],
        ['comment', 'after'],
        ['path', 'ping'],
      ]),
      rawEntry({}),
    );
    expect(entry.xattrs.get('security.capability')).toEqual(capability);
    expect(escapeBytes(entry.path)).toBe('ping');
  });

  it('of libarchive and Red Hat give extended attributes too', () => {
    const { entry } = readOne(
      paxEntry([
        ['LIBARCHIVE.xattr.user.na%2Fme', 'AAEC'],
        ['LIBARCHIVE.xattr.user.broken', '*'],
        ['RHT.security.selinux', 'system_u:object_r:bin_t:s0'],
      ]),
      rawEntry({}),
    );
    expect(entry.xattrs.get('user.na/me')).toEqual(Uint8Array.of(0, 1, 2));
    expect(entry.xattrs.has('user.broken')).toBe(false);
    expect(escapeBytes(entry.xattrs.get('security.selinux')!)).toBe('system_u:object_r:bin_t:s0');
  });

  it('of Windows layers are no extended attributes', () => {
    const { entry } = readOne(
      paxEntry([
        ['MSWINDOWS.fileattr', '32'],
        ['MSWINDOWS.rawsd', 'AQAUgBQAAAAkAAAAAAAAADQAAAABAgAAAAAABSAAAAAgAgAA'],
        ['LIBARCHIVE.creationtime', '1700000000.5'],
      ]),
      rawEntry({ name: 'Files/a' }),
    );
    expect(escapeBytes(entry.path)).toBe('Files/a');
    expect(entry.xattrs.size).toBe(0);
  });

  it('of a global header hold for all later entries that do not say otherwise', () => {
    const entries = readTar(
      joinBytes(
        rawEntry({ name: 'before' }),
        paxEntry(
          [
            ['mtime', '11'],
            ['uid', '22'],
          ],
          'g',
        ),
        rawEntry({ name: 'first' }),
        paxEntry([
          ['uid', '33'],
          ['mtime', ''],
        ]),
        rawEntry({ name: 'second', mtime: 44 }),
        rawEntry({ name: 'third' }),
        endBlocks(),
      ),
    );
    expect(entries.map(({ entry }) => [entry.uid, entry.mtime])).toEqual([
      [0, 0],
      [22, 11],
      [33, 44],
      [22, 11],
    ]);
    // A global header is not part of the entry after it.
    expect(entries[1]!.entry.headerOffset).toBe(1536);
  });

  it.each([
    ['a length that is no number', 'xx path=a\n'],
    ['no length', 'path=a\n'],
    ['a length of 0', '0 path=a\n'],
    ['a length past the end', '99 path=a\n'],
    ['a length that ends early', '8 path=a\n'],
    ['no equals sign', '8 paths\n'],
    ['an empty key', '5 =a\n'],
    ['a NUL in the path', '11 path=a\0b\n'],
    ['a size that is no number', '10 size=a\n'],
    ['a negative size', '11 size=-1\n'],
    ['a size past 2^53', '29 size=99999999999999999999\n'],
    ['a time that is no time', '14 mtime=soon\n'],
  ])('with %s are refused', (_, data) => {
    const bytes = joinBytes(rawEntry({ typeflag: 'x' }, data), rawEntry({}), endBlocks());
    expect(() => readTar(bytes)).toThrow(coded('bad-tar'));
  });
});
