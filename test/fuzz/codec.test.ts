import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesSource, forEachChunk } from '../../src/base/byte-source';
import { decompress } from '../../src/codec/compression/decompress';
import { CodecError } from '../../src/codec/errors';
import { sniff, type CompressionFormat } from '../../src/codec/compression/sniff';
import type { TarEntry } from '../../src/codec/tar/tar-entry';
import { TarReader } from '../../src/codec/tar/tar-reader';
import { tarHeader } from '../../src/codec/tar/tar-writer';
import { joinBytes, paxEntry, rawEntry } from '../support/tar-bytes';
import { text } from '../support/streams';

/** Each run is the same: a failure prints the input that makes it. */
const OPTIONS = { seed: 20_240_601, interruptAfterTimeLimit: 3_000, markInterruptAsFailure: false };
const TIMEOUT = 60_000;

/** One change to bytes: some are overwritten, left out, doubled, or all after a place is cut off. */
interface Mutation {
  readonly kind: 'set' | 'drop' | 'double' | 'cut' | 'zero';
  /** Where, as a share of the length. */
  readonly at: number;
  readonly length: number;
  readonly value: number;
}

const mutations = fc.array(
  fc.record<Mutation>({
    kind: fc.constantFrom('set', 'set', 'set', 'drop', 'double', 'cut', 'zero'),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom(512, 1024)),
    value: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 0x30, 0x37, 0x80, 0xff)),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('a tar that was tampered with', () => {
  const tars = [
    ...fixtures('tars').map(([, bytes]) => bytes),
    joinBytes(
      paxEntry([
        ['path', 'a'],
        ['SCHILY.xattr.user.a', Uint8Array.of(10, 61, 0)],
        ['mtime', '1.5'],
      ]),
      rawEntry({ name: 'x' }, 'content'),
      paxEntry([
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
        ['GNU.sparse.realsize', '99'],
      ]),
      rawEntry({ name: 'y' }, `1\n1\n3\n`.padEnd(512, '\0') + 'abc'),
    ),
  ];

  it(
    'is read or refused with a code, and accounts for all its bytes',
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...tars), mutations, fc.boolean(), (tar, changes, mend) => {
          const bytes = mutate(tar, changes);
          if (mend) mendChecksums(bytes);
          const entries: TarEntry[] = [];
          let content = 0;
          const reader = new TarReader({
            entry: (entry) => void entries.push(entry),
            content: (chunk) => void (content += chunk.length),
          });
          try {
            for (let at = 0; at < bytes.length; at += 700)
              reader.push(bytes.subarray(at, at + 700));
            reader.finish();
          } catch (error) {
            expect(error).toBeInstanceOf(CodecError);
            return;
          }
          expect(reader.position).toBe(bytes.length);
          expect(entries.reduce((sum, entry) => sum + entry.storedSize, 0)).toBe(content);
          for (const { sparse, size } of entries) {
            for (const { offset, length } of sparse ?? [])
              expect(offset + length).toBeLessThanOrEqual(size);
          }
        }),
        { ...OPTIONS, numRuns: 3000 },
      );
    },
    TIMEOUT,
  );
});

describe('a tar header that was written', () => {
  it(
    'is read as it was meant',
    () => {
      const name = fc
        .uint8Array({ minLength: 1, maxLength: 300 })
        .map((bytes) => bytes.map((byte) => byte || 0x2f));
      fc.assert(
        fc.property(
          fc.record({
            path: name,
            linkname: name,
            type: fc.constantFrom('file', 'symlink', 'hardlink'),
            mode: fc.integer({ min: 0, max: 0o7777 }),
            uid: fc.integer({ min: 0, max: 2 ** 40 }),
            gid: fc.integer({ min: 0, max: 2 ** 40 }),
            mtime: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
            size: fc.maxSafeNat(),
          }),
          (fields) => {
            const size = fields.type === 'file' ? fields.size : 0;
            const entries: TarEntry[] = [];
            const reader = new TarReader({ entry: (entry) => void entries.push(entry) });
            reader.push(tarHeader({ ...fields, size }));
            const { linkname, ...rest } = fields;
            expect(entries).toMatchObject([{ ...rest, size }]);
            if (fields.type !== 'file') expect(entries[0]?.linkname).toEqual(linkname);
          },
        ),
        { ...OPTIONS, numRuns: 1000 },
      );
    },
    TIMEOUT,
  );
});

describe('a compressed stream that was tampered with', () => {
  const streams: (readonly [CompressionFormat, Uint8Array])[] = [
    ['gzip', gzipSync(text(200))],
    ['gzip', joinBytes(gzipSync(text(20)), gzipSync(text(30)), new Uint8Array(9))],
    ...fixtures('streams').flatMap(([, bytes]) => {
      const format = sniff(bytes);
      return format === 'zstd' || format === 'xz' || format === 'bzip2'
        ? [[format, bytes] as const]
        : [];
    }),
  ];

  it.each(['gzip', 'zstd', 'xz', 'bzip2'] as const)(
    'is unpacked or refused with a code: %s',
    async (format) => {
      const seeds = streams.filter(([of]) => of === format).map(([, bytes]) => bytes);
      expect(seeds.length).toBeGreaterThan(1);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...seeds), mutations, async (seed, changes) => {
          const bytes = mutate(seed, changes);
          const unpack = forEachChunk(decompress(bytesSource(bytes), format), () => undefined);
          const error: unknown = await unpack.then(
            () => undefined,
            (reason: unknown) => reason,
          );
          if (error !== undefined) expect(error).toBeInstanceOf(CodecError);
        }),
        { ...OPTIONS, numRuns: 1500 },
      );
    },
    TIMEOUT,
  );
});

describe('any bytes', () => {
  it('are sniffed without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1024 }), (bytes) => {
        expect(typeof sniff(bytes)).toBe('string');
      }),
      { ...OPTIONS, numRuns: 2000 },
    );
  });

  it.each(['gzip', 'zstd', 'xz', 'bzip2'] as const)(
    'are no %s without a code',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
          const unpack = forEachChunk(
            decompress(bytesSource(bytes.slice()), format),
            () => undefined,
          );
          await expect(unpack).rejects.toBeInstanceOf(CodecError);
        }),
        { ...OPTIONS, numRuns: 300 },
      );
    },
    TIMEOUT,
  );
});

function mutate(bytes: Uint8Array, changes: readonly Mutation[]): Uint8Array<ArrayBuffer> {
  let result = bytes.slice();
  for (const { kind, at, length, value } of changes) {
    const start = Math.floor(at * result.length);
    const end = Math.min(result.length, start + length);
    const [before, part, after] = [
      result.subarray(0, start),
      result.subarray(start, end),
      result.subarray(end),
    ];
    switch (kind) {
      case 'set':
        result.fill(value, start, Math.min(end, start + 8));
        break;
      case 'zero':
        result.fill(0, start, end);
        break;
      case 'drop':
        result = joinBytes(before, after);
        break;
      case 'double':
        result = joinBytes(before, part, part, after);
        break;
      case 'cut':
        result = before.slice();
    }
  }
  return result;
}

/** Makes the checksum right of every block that looks like a header, so that what is wrong behind it is reached. */
function mendChecksums(bytes: Uint8Array): void {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    const block = bytes.subarray(at, at + 512);
    if (block[0] === 0 || !/^\0?ustar/.test(String.fromCharCode(...block.subarray(257, 262))))
      continue;
    block.fill(0x20, 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  }
}

function fixtures(folder: string): [name: string, bytes: Uint8Array<ArrayBuffer>][] {
  const url = new URL(`../fixtures/${folder}/`, import.meta.url);
  return readdirSync(url)
    .filter((name) => !name.endsWith('.md'))
    .map((name) => [name, new Uint8Array(readFileSync(new URL(name, url)))]);
}
