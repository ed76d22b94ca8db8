import { describe, expect, it } from 'vitest';
import { encodeUtf8, escapeBytes } from '../../../src/base/bytes';
import { LIMITS } from '../../../src/base/limits';
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
} from '../../support/tar-bytes';
import { readTar, coded, readOne } from '../../support/read-tar';

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
