import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../../src/base/bytes';
import { LIMITS } from '../../../src/base/limits';
import { GNU, joinBytes, padded, paxEntry, rawEntry, rawHeader } from '../../support/tar-bytes';
import { readTar, coded, readOne } from '../../support/read-tar';

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
