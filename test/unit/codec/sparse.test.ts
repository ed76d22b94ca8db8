import { describe, expect, it } from 'vitest';
import { bytesSource, collect, concatBytes } from '../../../src/base/byte-source';
import { encodeUtf8, equalBytes } from '../../../src/base/bytes';
import { expandSparse } from '../../../src/codec/tar/sparse';
import { piecedSource } from '../../support/streams';

const stored = encodeUtf8('abcde');
const file = {
  size: 100_000,
  sparse: [
    { offset: 3, length: 2 },
    { offset: 5, length: 1 },
    { offset: 90_000, length: 2 },
  ],
};

describe('expandSparse', () => {
  it.each([1, 2, 3, 5])('puts bytes at their offsets, in pieces of %i', async (length) => {
    const content = await collect(expandSparse(piecedSource(stored, length).open(), file));
    const whole = concatBytes([
      new Uint8Array(3),
      encodeUtf8('abc'),
      new Uint8Array(90_000 - 6),
      encodeUtf8('de'),
      new Uint8Array(100_000 - 90_002),
    ]);
    expect(equalBytes(content, whole)).toBe(true);
  });

  it('reads a file that is all hole', async () => {
    const hole = expandSparse(bytesSource(new Uint8Array()).open(), { size: 7, sparse: [] });
    expect(await collect(hole)).toEqual(new Uint8Array(7));
  });

  it('gives a hole of any size piece by piece', async () => {
    const reader = expandSparse(bytesSource(new Uint8Array()).open(), {
      size: 2 ** 50,
      sparse: [],
    }).getReader();
    expect((await reader.read()).value?.length).toBe(64 * 1024);
    await reader.cancel();
  });

  it('is truncated where fewer bytes are stored', async () => {
    const cut = expandSparse(bytesSource(encodeUtf8('abcd')).open(), file, 'var/log/lastlog');
    await expect(collect(cut)).rejects.toMatchObject({
      code: 'truncated',
      message:
        'var/log/lastlog is cut off: it ends at offset 4, inside the content of a sparse file.',
    });
  });

  it('gives the stored bytes up when it is given up', async () => {
    let reason: unknown;
    const endless = new ReadableStream<Uint8Array>({ cancel: (why) => void (reason = why) });
    await expandSparse(endless, file).cancel('enough');
    expect(reason).toBe('enough');
  });
});
