import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeUtf8, toHex } from '../../../src/base/bytes';
import { createSha256, sha256Digest } from '../../../src/codec/hash/sha256';
import { createXxh3 } from '../../../src/codec/hash/xxh3';

describe('createSha256', () => {
  it('gives the sum of all chunks, however they are cut', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919) >> 3);
    const hash = await createSha256();
    hash.update(bytes.subarray(0, 1));
    hash.update(bytes.subarray(1, 65));
    hash.update(new Uint8Array());
    hash.update(bytes.subarray(65));
    expect(hash.hex()).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('is right for every length around the end of a block and of its own memory', async () => {
    const bytes = Uint8Array.from({ length: 130_000 }, (_, i) => (i * 7919) >> 5);
    const ends = [0, 64, 128, 32 * 1024 - 64, 32 * 1024, 96 * 1024].flatMap((middle) =>
      [-10, -9, -8, -1, 0, 1].map((offset) => Math.max(0, middle + offset)),
    );
    for (const length of ends) {
      const hash = await createSha256();
      hash.update(bytes.subarray(0, length));
      const expected = createHash('sha256').update(bytes.subarray(0, length)).digest('hex');
      expect(hash.hex(), `${length} bytes`).toBe(expected);
    }
  });

  it('counts the bits of more than half a gigabyte', { timeout: 120_000 }, async () => {
    const hash = await createSha256();
    const expected = createHash('sha256');
    const chunk = new Uint8Array(16 * 1024 * 1024 + 1);
    for (let n = 0; n < 33; n++) {
      hash.update(chunk);
      expected.update(chunk);
    }
    expect(hash.hex()).toBe(expected.digest('hex'));
  });

  it('keeps two streams apart that are hashed at the same time', async () => {
    const [first, second] = await Promise.all([createSha256(), createSha256()]);
    first.update(encodeUtf8('a'));
    second.update(encodeUtf8('b'));
    first.update(encodeUtf8('c'));
    expect(first.hex()).toBe(createHash('sha256').update('ac').digest('hex'));
    expect(second.hex()).toBe(createHash('sha256').update('b').digest('hex'));
  });
});

describe('sha256Digest', () => {
  it('is the digest of the OCI empty descriptor for {}', async () => {
    expect(await sha256Digest(encodeUtf8('{}'))).toBe(
      'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    );
  });
});

describe('createXxh3', () => {
  it('gives the reference sums, most significant byte first, content after content', async () => {
    const hasher = await createXxh3();
    const sum = (text: string): string => {
      hasher.init();
      for (const character of text) hasher.update(encodeUtf8(character));
      return toHex(hasher.digest());
    };
    // `printf abc | xxhsum -H3`
    expect(sum('abc')).toBe('78af5f94892f3950');
    expect(sum('')).toBe('2d06800538d394c2');
    expect(sum('abc')).toBe('78af5f94892f3950');
  });
});
