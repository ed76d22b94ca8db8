import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/byte-source';
import { encodeUtf8, escapeBytes } from '../../../src/base/bytes';
import type { TarEntry } from '../../../src/codec/tar/tar-entry';
import { TarReader } from '../../../src/codec/tar/tar-reader';
import {
  TAR_END,
  tarHeader,
  tarPadding,
  type TarHeaderFields,
} from '../../../src/codec/tar/tar-writer';
import { rawHeader } from '../../support/tar-bytes';

/** What a reader makes of what was written. */
function reread(fields: TarHeaderFields): TarEntry {
  const entries: TarEntry[] = [];
  const reader = new TarReader({ entry: (entry) => void entries.push(entry) });
  reader.push(tarHeader(fields));
  if (reader.skippable > 0) reader.skip(reader.skippable);
  reader.push(TAR_END);
  reader.finish();
  expect(entries).toHaveLength(1);
  return entries[0]!;
}

describe('tarHeader', () => {
  it('writes one ustar block where that says all', () => {
    const fields = { mode: 0o644, uid: 1000, gid: 100, size: 5, mtime: 981_173_106 };
    expect(tarHeader({ path: 'etc/motd', ...fields, uname: 'me', gname: 'us' })).toEqual(
      rawHeader({ name: 'etc/motd', ...fields, uname: 'me', gname: 'us' }),
    );
  });

  it('splits a path of up to 256 bytes at a slash', () => {
    const path = `${'p'.repeat(155)}/${'n'.repeat(100)}`;
    expect(tarHeader({ path })).toHaveLength(512);
    expect(escapeBytes(reread({ path }).path)).toBe(path);
  });

  it.each([
    ['a long name', { path: 'n'.repeat(101) }],
    ['a long name in a directory', { path: `d/${'n'.repeat(300)}` }],
    [
      'a path that has no slash where one is needed',
      { path: `${'p'.repeat(156)}/${'n'.repeat(99)}` },
    ],
    ['a path just past the split', { path: `${'p'.repeat(155)}/${'n'.repeat(101)}` }],
    ['a name that is not ASCII', { path: 'café/ü' }],
    ['a name that is not UTF-8', { path: Uint8Array.of(0x64, 0x2f, 0xe9, 0xff) }],
    ['a long link target', { path: 'l', type: 'symlink', linkname: 't'.repeat(101) }],
    ['a link target that is not ASCII', { path: 'l', type: 'hardlink', linkname: 'ß' }],
    ['a file of 8 GiB', { path: 'big', size: 8 * 1024 ** 3 }],
    ['an owner past 21 bits', { path: 'f', uid: 3_000_000_000, gid: 2_097_152 }],
    ['a time with a fraction', { path: 'f', mtime: 1.25 }],
    ['a time before 1970', { path: 'f', mtime: -86_400 }],
    [
      'names of owners that are long or not ASCII',
      { path: 'f', uname: 'ü', gname: 'g'.repeat(40) },
    ],
    [
      'an extended attribute',
      { path: 'f', xattrs: new Map([['user.a', Uint8Array.of(0, 10, 255)]]) },
    ],
  ] satisfies [string, TarHeaderFields][])(
    'writes a pax header for %s',
    (_, fields: TarHeaderFields) => {
      const { path, linkname, ...rest } = fields;
      expect(tarHeader(fields).length).toBeGreaterThan(1024);
      const entry = reread(fields);
      expect(entry).toMatchObject(rest);
      expect(entry.path).toEqual(typeof path === 'string' ? encodeUtf8(path) : path);
      if (linkname !== undefined) expect(escapeBytes(entry.linkname)).toBe(linkname);
    },
  );

  it('ends the path of a directory with a slash', () => {
    for (const path of ['etc', 'etc/']) {
      const entry = reread({ path, type: 'dir' });
      expect(escapeBytes(entry.path)).toBe('etc/');
      expect(entry).toMatchObject({ type: 'dir', mode: 0o755 });
    }
  });

  it.each(['file', 'dir', 'symlink', 'hardlink', 'char', 'block', 'fifo'] as const)(
    'writes a %s as what it is',
    (type) => {
      expect(reread({ path: 'x', type, linkname: 'y' }).type).toBe(type);
    },
  );

  it('writes devices with their numbers', () => {
    expect(reread({ path: 'null', type: 'char', devMajor: 1, devMinor: 3 })).toMatchObject({
      devMajor: 1,
      devMinor: 3,
    });
  });

  it('gives the same bytes for the same fields', () => {
    const fields = { path: 'ü'.repeat(90), mtime: 1.5, uid: -1 };
    expect(tarHeader(fields)).toEqual(tarHeader(fields));
  });

  it('counts the length of a record in that length, at every number of digits', () => {
    for (let length = 95; length < 115; length++) {
      const path = 'é'.repeat(length);
      expect(escapeBytes(reread({ path }).path)).toBe(path);
    }
  });
});

describe('an archive', () => {
  it('is headers, contents and paddings, and an end', () => {
    const content = encodeUtf8('x'.repeat(700));
    const archive = concatBytes([
      tarHeader({ path: 'a', size: 700 }),
      content,
      tarPadding(700),
      tarHeader({ path: 'b', size: 512 }),
      new Uint8Array(512),
      tarPadding(512),
      TAR_END,
    ]);
    expect(archive.length % 512).toBe(0);
    const read: string[] = [];
    const reader = new TarReader({ entry: (entry) => void read.push(escapeBytes(entry.path)) });
    reader.push(archive);
    reader.finish();
    expect(read).toEqual(['a', 'b']);
    expect(reader.ended).toBe(true);
  });
});
