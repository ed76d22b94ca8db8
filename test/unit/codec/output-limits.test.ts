import { describe, expect, it } from 'vitest';
import { bytesSource, concatBytes, forEachChunk } from '../../../src/base/byte-source';
import { LIMITS } from '../../../src/base/limits';
import { decompress } from '../../../src/codec/compression/decompress';
import type { CompressionFormat } from '../../../src/codec/compression/sniff';
import { checkOutputLimits } from '../../../src/codec/compression/output-limits';
import { endlessGzip } from '../../support/endless-gzip';

const GiB = 1024 ** 3;

describe('checkOutputLimits', () => {
  it.each([
    ['little, at any ratio', 10, GiB],
    ['much, at a ratio of 1000', 5 * 1024 ** 2, 5000 * 1024 ** 2],
    ['all that is allowed', GiB, 256 * GiB],
  ])('lets pass %s', (_, consumed, unpacked) => {
    expect(() => checkOutputLimits({ consumed, unpacked }, 'x')).not.toThrow();
  });

  it('stops past 1 GiB and 1000 times the input', () => {
    expect(() =>
      checkOutputLimits({ consumed: 1_000_000, unpacked: GiB + 1 }, 'bomb.tar.gz'),
    ).toThrow(
      'bomb.tar.gz unpacks to more than 1073741824 bytes and 1000 times its size, which is the most allowed.',
    );
  });

  it('stops past 256 GiB', () => {
    expect(() => checkOutputLimits({ consumed: 200 * GiB, unpacked: 256 * GiB + 1 }, 'x')).toThrow(
      'x unpacks to more than the 274877906944 bytes allowed.',
    );
  });
});

describe('decompress', () => {
  it('stops a bomb soon after the limit, without holding what it unpacks to', async () => {
    const unpacked = await bytesBeforeRefusal(zstdOfZeros(2 * GiB), 'zstd');
    expect(unpacked).toBeLessThanOrEqual(LIMITS.decompressFreeBytes);
    expect(unpacked).toBeGreaterThan(LIMITS.decompressFreeBytes - 1024 ** 2);
  }, 60_000);

  it('stops one of gzip as soon, which cannot do much better than 1000', async () => {
    const unpacked = await bytesBeforeRefusal(endlessGzip(4), 'gzip');
    expect(unpacked).toBeLessThan(1.1 * LIMITS.decompressFreeBytes);
  }, 60_000);
});

async function bytesBeforeRefusal(
  bomb: Uint8Array<ArrayBuffer>,
  format: CompressionFormat,
): Promise<number> {
  let unpacked = 0;
  const output = decompress(bytesSource(bomb), format, { what: 'layer 1' });
  await expect(
    forEachChunk(output, (chunk) => {
      unpacked += chunk.length;
    }),
  ).rejects.toMatchObject({ code: 'limit-exceeded', detail: { what: 'layer 1' } });
  return unpacked;
}

/** A frame with a window of 128 KiB and blocks that each repeat a zero 128 KiB times (RFC 8878, section 3.1.1.2). */
function zstdOfZeros(size: number): Uint8Array<ArrayBuffer> {
  const blockSize = 128 * 1024;
  const blocks = Array.from({ length: size / blockSize }, (_, i) => {
    const isLast = i === size / blockSize - 1 ? 1 : 0;
    const header = (blockSize << 3) | (1 << 1) | isLast;
    return Uint8Array.of(header & 0xff, (header >> 8) & 0xff, header >> 16, 0);
  });
  return concatBytes([Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3), ...blocks]);
}
