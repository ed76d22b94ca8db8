import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytesSource, collect, concatBytes } from '../../../src/base/byte-source';
import { createEncoder } from '../../../src/codec/compression/encoder';
import type { EncodedFormat } from '../../../src/codec/compression/piece-format';
import { decompress } from '../../../src/codec/compression/decompress';
import { sniff } from '../../../src/codec/compression/sniff';
import { ENCODED_BYTES, ENCODED_DIGESTS, layerLikeBytes } from '../../support/encoded-layers';

const FORMATS: readonly EncodedFormat[] = ['gzip', 'zstd'];

/** Packs bytes that come in chunks of these sizes, the last as large as it must be. */
async function encode(
  format: EncodedFormat,
  bytes: Uint8Array,
  sizes: readonly number[] = [],
): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = await createEncoder(format);
  const packed: Uint8Array[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    packed.push(...encoder.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return concatBytes([...packed, ...encoder.finish()]);
}

describe.each(FORMATS)('the %s encoder', (format) => {
  it.each([0, 1, 262_143, 262_144, 4_194_304, 4_194_305])(
    'packs %i bytes into what unpacks to them',
    async (size) => {
      const bytes = layerLikeBytes(size);
      const packed = await encode(format, bytes);
      expect(sniff(packed)).toBe(format);
      const unpacked = await collect(decompress(bytesSource(packed), format));
      expect(Buffer.compare(unpacked, bytes)).toBe(0);
    },
  );

  it('gives the same bytes on every machine', async () => {
    const packed = await encode(format, layerLikeBytes(ENCODED_BYTES));
    const digest = createHash('sha256').update(packed).digest('hex');
    expect(`sha256:${digest}`).toBe(ENCODED_DIGESTS[format]);
    expect(packed.length).toBeLessThan(ENCODED_BYTES * 0.6);
  });

  it('gives the same bytes however its input is cut', async () => {
    const bytes = layerLikeBytes(600_000);
    const whole = await encode(format, bytes);
    const cuts = fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 6 });
    const property = fc.asyncProperty(cuts, async (sizes) => {
      expect(Buffer.compare(await encode(format, bytes, sizes), whole)).toBe(0);
    });
    await fc.assert(property, { numRuns: 20 });
  });
});

it('gzip has neither a name nor a time, and is one member', async () => {
  const packed = await encode('gzip', layerLikeBytes(1000));
  expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  expect(gunzipSync(packed).length).toBe(1000);
});
