import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createCrc32, joinCrc32 } from '../../../src/codec/hash/crc32';

/** As zlib has it: of the end of its gzip. */
function crc32OfZlib(bytes: Uint8Array): number {
  const packed = gzipSync(bytes);
  return packed.readUInt32LE(packed.length - 8);
}

describe('CRC-32', () => {
  it('is that of zlib', async () => {
    const crc32 = await createCrc32();
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32(bytes) === crc32OfZlib(bytes)));
  });

  it('of two contents, one after the other, is made of their sums', () => {
    const contents = fc.tuple(fc.uint8Array(), fc.uint8Array({ maxLength: 5000 }));
    const property = fc.property(contents, ([first, second]) => {
      const joined = joinCrc32(crc32OfZlib(first), crc32OfZlib(second), second.length);
      expect(joined).toBe(crc32OfZlib(Buffer.concat([first, second])));
    });
    fc.assert(property);
  });
});
