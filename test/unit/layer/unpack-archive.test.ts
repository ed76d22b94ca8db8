import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytesSource, concatBytes } from '../../../src/base/byte-source';
import { LIMITS } from '../../../src/base/limits';
import { unpackArchive } from '../../../src/layer/unpack-archive';
import { tarOf } from '../../support/tar-builder';

const MiB = 1024 ** 2;

async function unpack(bytes: Uint8Array): Promise<number> {
  let written = 0;
  const write = (chunk: Uint8Array): void => void (written += chunk.length);
  const source = bytesSource(new Uint8Array(gzipSync(bytes)));
  try {
    await unpackArchive(source, { what: 'app.tar.gz', format: 'gzip', write });
  } catch (error) {
    throw Object.assign(error as Error, { written });
  }
  return written;
}

describe('unpackArchive', () => {
  const tar = tarOf([{ path: 'file', content: 'x' }]);

  it('keeps every byte, those that follow the end of the tar as well', async () => {
    const padded = concatBytes([tar, new Uint8Array(MiB)]);
    expect(await unpack(padded)).toBe(padded.length);
  });

  it('stops where zeros go on for longer than any padding', async () => {
    const zeros = new Uint8Array(LIMITS.tarTrailerBytes + 8 * MiB);
    const refused = {
      code: 'limit-exceeded',
      message:
        'app.tar.gz has at offset 1024 the end of its tar, and goes on for more than the 134217728 bytes allowed after it.',
    };
    await expect(unpack(zeros)).rejects.toMatchObject(refused);
    await expect(unpack(concatBytes([tar, zeros]))).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining(`at offset ${tar.length} `) as string,
    });
  });

  it('leaves to its reader what is wrong with the tar', async () => {
    const two = tarOf(['first', 'second']);
    two[512] = 0x21;
    expect(await unpack(two)).toBe(two.length);
  });

  it('stops at once where there is no tar, with as much as tells what it is', async () => {
    const text = new Uint8Array(4 * MiB).fill(0x61);
    const written = await unpack(text);
    expect(written).toBeGreaterThanOrEqual(512);
    expect(written).toBeLessThan(MiB);
  });
});
