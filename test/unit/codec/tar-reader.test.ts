import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/byte-source';
import { encodeUtf8, escapeBytes, toHex } from '../../../src/base/bytes';
import { LIMITS } from '../../../src/base/limits';
import { CodecError } from '../../../src/codec/errors';
import type { TarEntry } from '../../../src/codec/tar/tar-entry';
import { TarReader } from '../../../src/codec/tar/tar-reader';
import {
  base256,
  endBlocks,
  GNU,
  joinBytes,
  padded,
  paxEntry,
  paxRecord,
  rawEntry,
  rawHeader,
  V7,
} from '../../support/tar-bytes';

interface ReadEntry {
  readonly entry: TarEntry;
  readonly path: string;
  readonly content: string;
}

function readTar(bytes: Uint8Array, cut = bytes.length): ReadEntry[] {
  const entries: { entry: TarEntry; chunks: Uint8Array[] }[] = [];
  const reader = new TarReader(
    {
      entry: (entry) => void entries.push({ entry, chunks: [] }),
      content: (chunk) => void entries.at(-1)!.chunks.push(chunk.slice()),
    },
    { what: 'layer.tar' },
  );
  for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.slice(at, at + cut));
  reader.finish();
  expect(reader.position).toBe(bytes.length);
  return entries.map(({ entry, chunks }) => ({
    entry,
    path: escapeBytes(entry.path),
    content: escapeBytes(concatBytes(chunks)),
  }));
}

/** What an error of that code is, whose sentence has those words. */
function coded(code: string, words = /./): object {
  return expect.toSatisfy(
    (error) => error instanceof CodecError && error.code === code && words.test(error.message),
    `a ${code} error that says ${String(words)}`,
  ) as object;
}

function readOne(...parts: readonly Uint8Array[]): ReadEntry {
  const entries = readTar(joinBytes(...parts, endBlocks()));
  expect(entries).toHaveLength(1);
  return entries[0]!;
}

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

describe('a sparse file', () => {
  const runs = [
    { offset: 1000, length: 3 },
    { offset: 5000, length: 2 },
  ];

  it('of old GNU tar is told by its header', () => {
    const { entry, content } = readOne(
      rawHeader({
        typeflag: 'S',
        magic: GNU,
        size: 5,
        patches: [
          [386, '00000001750\0' + '00000000003\0' + '00000011610\0' + '00000000002\0'],
          [434, '00000023420\0' + '00000000000\0'],
          [483, '00000023420\0'],
        ],
      }),
      padded(encodeUtf8('abcde')),
    );
    expect(entry).toMatchObject({ type: 'file', size: 10_000, storedSize: 5, sparse: runs });
    expect(content).toBe('abcde');
  });

  it('of old GNU tar goes on with its map in further blocks', () => {
    const octal = (value: number): string => `${value.toString(8).padStart(11, '0')}\0`;
    const list = Array.from({ length: 30 }, (_, i) => octal(i * 10) + octal(1));
    const blocks = [list.slice(4, 25), list.slice(25)].map((part, i) =>
      joinBytes(part.join('').padEnd(504, '\0'), i === 0 ? '\x01' : '\0', new Uint8Array(7)),
    );
    const { entry, content } = readOne(
      rawHeader({
        typeflag: 'S',
        magic: GNU,
        size: 30,
        patches: [
          [386, list.slice(0, 4).join('')],
          [482, '\x01'],
          [483, octal(1000)],
        ],
      }),
      ...blocks,
      padded(encodeUtf8('x'.repeat(30))),
    );
    expect(entry.sparse).toHaveLength(30);
    expect(entry.sparse?.[29]).toEqual({ offset: 290, length: 1 });
    expect(entry).toMatchObject({ size: 1000, storedSize: 30, contentOffset: 1536 });
    expect(content).toBe('x'.repeat(30));
  });

  it('of pax 0.0 has a record for each number', () => {
    const { entry } = readOne(
      paxEntry([
        ['GNU.sparse.size', '10000'],
        ['GNU.sparse.numblocks', '2'],
        ['GNU.sparse.offset', '1000'],
        ['GNU.sparse.numbytes', '3'],
        ['GNU.sparse.offset', '5000'],
        ['GNU.sparse.numbytes', '2'],
      ]),
      rawEntry({}, 'abcde'),
    );
    expect(entry).toMatchObject({ size: 10_000, storedSize: 5, sparse: runs });
  });

  it('of pax 0.1 has its map in one record', () => {
    const { entry, path } = readOne(
      paxEntry([
        ['GNU.sparse.size', '10000'],
        ['GNU.sparse.numblocks', '2'],
        ['GNU.sparse.name', 'real'],
        ['GNU.sparse.map', '1000,3,5000,2'],
      ]),
      rawEntry({ name: 'GNUSparseFile.1/real' }, 'abcde'),
    );
    expect(path).toBe('real');
    expect(entry).toMatchObject({ size: 10_000, storedSize: 5, sparse: runs });
  });

  it('of pax 1.0 has its map before its content', () => {
    const { entry, path, content } = readOne(
      paxEntry([
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
        ['GNU.sparse.name', 'real'],
        ['GNU.sparse.realsize', '10000'],
      ]),
      rawHeader({ name: 'GNUSparseFile.1/real', size: 512 + 5 }),
      padded(encodeUtf8('2\n1000\n3\n5000\n2\n')),
      padded(encodeUtf8('abcde')),
    );
    expect(path).toBe('real');
    expect(content).toBe('abcde');
    expect(entry).toMatchObject({ size: 10_000, storedSize: 5, contentOffset: 2048, sparse: runs });
  });

  it('of pax 1.0 may have a map of many blocks', () => {
    const numbers = Array.from({ length: 200 }, (_, i) => `${i * 100}\n1\n`);
    const map = padded(encodeUtf8(`200\n${numbers.join('')}`));
    const { entry, content } = readOne(
      paxEntry([
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
        ['GNU.sparse.realsize', '20000'],
      ]),
      rawHeader({ size: map.length + 200 }),
      map,
      padded(encodeUtf8('y'.repeat(200))),
    );
    expect(map.length).toBeGreaterThan(1024);
    expect(entry.sparse).toHaveLength(200);
    expect(content).toBe('y'.repeat(200));
  });

  it('of a version that is not known is a plain file', () => {
    const { entry } = readOne(
      paxEntry([
        ['GNU.sparse.major', '2'],
        ['GNU.sparse.minor', '0'],
      ]),
      rawEntry({}, 'abc'),
    );
    expect(entry.sparse).toBeUndefined();
    expect(entry.size).toBe(3);
  });

  it.each([
    ['out of order', '5000,2,1000,3'],
    ['past the end', '9999,2'],
    ['with an offset alone', '1000'],
    ['with no number', '1000,x'],
    ['that names more than is stored', '0,6'],
  ])('with a map %s is refused', (_, map) => {
    const bytes = joinBytes(
      paxEntry([
        ['GNU.sparse.size', '10000'],
        ['GNU.sparse.map', map],
      ]),
      rawEntry({}, 'abcde'),
    );
    expect(() => readTar(bytes)).toThrow(coded('bad-tar'));
  });

  it('with a map longer than allowed is refused', () => {
    const map = padded(encodeUtf8('1000000\n' + '1\n'.repeat(LIMITS.sparseMapBytes)));
    const bytes = joinBytes(
      paxEntry([
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
      ]),
      rawHeader({ size: map.length }),
      map,
    );
    expect(() => readTar(bytes)).toThrow(coded('limit-exceeded', /1048576 bytes allowed/));
  });
});

describe('the end of an archive', () => {
  it('may be missing', () => {
    expect(readTar(rawEntry({}, 'x'))).toHaveLength(1);
    expect(readTar(new Uint8Array())).toHaveLength(0);
  });

  it('may be a single block of zeros', () => {
    expect(readTar(joinBytes(rawEntry({}, 'x'), new Uint8Array(512)))).toHaveLength(1);
  });

  it('may lack the padding of the last content', () => {
    expect(readTar(rawEntry({}, 'x').slice(0, 513))).toHaveLength(1);
  });

  it('is followed by what is consumed and ignored', () => {
    const reader = new TarReader({ entry: () => undefined });
    reader.push(joinBytes(rawEntry({}), endBlocks()));
    expect(reader.ended).toBe(true);
    reader.push(encodeUtf8('anything'));
    reader.finish();
    expect(reader.position).toBe(512 + 1024 + 8);
  });

  it('is no single block of zeros before an entry', () => {
    const bytes = joinBytes(rawEntry({}), new Uint8Array(512), rawEntry({ name: 'late' }));
    expect(() => readTar(bytes)).toThrow(
      expect.objectContaining({ code: 'bad-tar', detail: { what: 'layer.tar', offset: 1024 } }),
    );
  });
});

describe('damage', () => {
  it('to a header is found by its checksum, and its offset named', () => {
    const bytes = joinBytes(rawEntry({}, 'x'), rawEntry({ name: 'second' }));
    bytes[1024 + 3] = 0x58;
    expect(() => readTar(bytes)).toThrow(
      expect.objectContaining({
        code: 'bad-tar',
        message: 'layer.tar is not a readable tar: at offset 1024 a header has a wrong checksum.',
      }),
    );
  });

  it('by truncation is told wherever it is', () => {
    const bytes = joinBytes(
      rawEntry({ name: '././@LongLink', typeflag: 'L', magic: GNU }, 'long/name\0'),
      rawEntry({ name: 'name', magic: GNU }, 'z'.repeat(600)),
    );
    const lastByte = 1024 + 512 + 600;
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      if (length === 0 || length >= lastByte) expect(() => readTar(cut)).not.toThrow();
      else expect(() => readTar(cut)).toThrow(coded('truncated'));
    }
  });

  it('by truncation names the entry', () => {
    expect(() => readTar(rawEntry({ name: 'etc/passwd' }, 'root').slice(0, 514))).toThrow(
      'layer.tar is cut off: it ends at offset 514, inside "etc/passwd".',
    );
  });

  it.each([
    ['size', { size: '0000000000x\0' }],
    ['size', { size: base256(1n << 60n) }],
    ['mode', { mode: '99999999' }],
    ['mtime', { mtime: 'yesterday\0\0\0' }],
  ])('to the %s of a header is told', (name, fields) => {
    expect(() => readTar(rawHeader(fields))).toThrow(
      coded('bad-tar', new RegExp(`the ${name} of a header`)),
    );
  });

  it('that makes a size negative is told', () => {
    expect(() => readTar(rawHeader({ size: base256(-1n) }))).toThrow(coded('bad-tar'));
  });
});

describe('limits', () => {
  const tooLong = 'n'.repeat(LIMITS.tarNameBytes + 1);

  it.each([
    ['a long name', rawEntry({ typeflag: 'L', magic: GNU }, tooLong)],
    ['a long link name', rawEntry({ typeflag: 'K', magic: GNU }, tooLong)],
    ['a pax path', paxEntry([['path', tooLong]])],
  ])('hold for %s', (_, header) => {
    expect(() => readTar(joinBytes(header, rawEntry({})))).toThrow(
      coded('limit-exceeded', /4096 bytes allowed/),
    );
  });

  it('hold for a path just as long as allowed', () => {
    const path = 'n'.repeat(LIMITS.tarNameBytes);
    expect(readOne(paxEntry([['path', path]]), rawEntry({})).path).toBe(path);
  });

  it('hold for the pax records of an entry before they are read', () => {
    const header = rawHeader({ typeflag: 'x', size: LIMITS.paxBytes + 1 });
    expect(() => readTar(header)).toThrow(coded('limit-exceeded'));
  });

  it('hold for many pax headers of one entry, and for global ones, taken together', () => {
    for (const typeflag of ['x', 'g']) {
      const half = rawEntry({ typeflag }, paxRecord('comment', 'c'.repeat(LIMITS.paxBytes / 2)));
      expect(() => readTar(half)).not.toThrow(RangeError);
      expect(() => readTar(joinBytes(half, half, half))).toThrow(coded('limit-exceeded'));
    }
  });
});

describe('cutting', () => {
  const archive = joinBytes(
    paxEntry([['comment', 'all']], 'g'),
    rawEntry({ name: 'dir/', typeflag: '5' }),
    paxEntry([
      ['path', 'dir/ünïcode'],
      ['SCHILY.xattr.user.a', Uint8Array.of(10, 0, 61)],
    ]),
    rawEntry({ name: 'x' }, 'contents '.repeat(100)),
    rawEntry({ typeflag: 'L', magic: GNU }, `${'l'.repeat(700)}\0`),
    rawEntry({ name: 'l', magic: GNU }, 'y'),
    paxEntry([
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.realsize', '4000'],
    ]),
    rawHeader({ size: 515 }),
    padded(encodeUtf8('1\n1000\n3\n')),
    padded(encodeUtf8('abc')),
    endBlocks(),
    'trailing',
  );
  const whole = readTar(archive);

  it('anywhere changes nothing', () => {
    const summary = whole.map(({ path, entry }) => `${path} ${entry.contentOffset}`).join();
    const others = new Set<string>();
    for (let at = 1; at < archive.length; at++) {
      const read: string[] = [];
      const reader = new TarReader({
        entry: ({ path, contentOffset }) => void read.push(`${escapeBytes(path)} ${contentOffset}`),
      });
      reader.push(archive.subarray(0, at));
      reader.push(archive.subarray(at));
      reader.finish();
      others.add(read.join());
    }
    expect(whole).toHaveLength(4);
    expect([...others]).toEqual([summary]);
  }, 30_000);

  it.each([1, 2, 3, 511, 512, 513, 1000])('into pieces of %i bytes changes nothing', (size) => {
    expect(readTar(archive, size)).toEqual(whole);
  });
});

describe('skipping', () => {
  it('leaves out content and padding where nobody wants them', () => {
    const bytes = joinBytes(rawEntry({}, 'x'.repeat(700)), rawEntry({ name: 'next' }), endBlocks());
    const paths: string[] = [];
    const reader = new TarReader({ entry: (entry) => void paths.push(escapeBytes(entry.path)) });
    reader.push(bytes.subarray(0, 612));
    expect(reader.skippable).toBe(1024 - 100);
    reader.skip(700);
    expect(reader.skippable).toBe(1024 - 800);
    reader.skip(reader.skippable);
    expect(reader.position).toBe(1536);
    expect(reader.skippable).toBe(0);
    reader.push(bytes.subarray(1536));
    reader.finish();
    expect(paths).toEqual(['file', 'next']);
  });

  it('is not offered where content is wanted, nor allowed past what is offered', () => {
    const wanted = new TarReader({ entry: () => undefined, content: () => undefined });
    wanted.push(rawHeader({ size: 700 }));
    expect(wanted.skippable).toBe(0);
    expect(() => wanted.skip(1)).toThrow(RangeError);
  });
});
