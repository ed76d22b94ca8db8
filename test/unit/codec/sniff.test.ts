import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../../src/base/bytes';
import { describeFormat, isCompression, sniff } from '../../../src/codec/compression/sniff';
import { checksum } from '../../../src/codec/tar/tar-block';

describe('sniff', () => {
  it.each([
    ['1f8b0800000000', 'gzip'],
    ['28b52ffd24000000', 'zstd'],
    ['502a4d1804000000', 'zstd'],
    ['5f2a4d1804000000', 'zstd'],
    ['fd377a585a000004', 'xz'],
    ['425a6839314159265359', 'bzip2'],
    ['425a6839177245385090', 'bzip2'],
    ['89504e470d0a1a0a', 'png'],
    ['504b030414000000', 'zip'],
    ['52494646aabbccdd57454250', 'webp'],
    ['7f454c460201', 'elf'],
    ['04224d18', 'lz4'],
    ['602a4d18', 'unknown'],
    ['1f8b07', 'unknown'],
    ['00', 'unknown'],
    ['', 'empty'],
  ])('takes %s for %s', (hex, format) => {
    expect(sniff(fromHex(hex))).toBe(format);
  });

  it.each([
    ['{"schemaVersion": 2}', 'json'],
    ['\n  [{"Config":"a"}]', 'json'],
    ['<!DOCTYPE html>', 'html'],
    ['Hello, BZh9 world', 'text'],
    [`${'x'.repeat(511)}é`, 'text'],
  ])('takes the text %j for %s', (text, format) => {
    expect(sniff(encodeUtf8(text))).toBe(format);
  });

  it('knows a v7 tar by its checksum alone', () => {
    expect(sniff(v7Block())).toBe('tar');
  });

  it('knows a tar whose checksum adds up signed bytes', () => {
    const block = v7Block();
    block.set([0xc3, 0xa9], 0);
    writeChecksum(block, checksum(block) - 2 * 256);
    expect(sniff(block)).toBe('tar');
  });

  it('does not take a header with a wrong checksum for a tar', () => {
    const block = v7Block();
    block[0] = 0x62;
    expect(sniff(block)).toBe('unknown');
  });

  it('takes a block of zeros for an empty tar, but not fewer zeros', () => {
    expect(sniff(new Uint8Array(1024))).toBe('tar');
    expect(sniff(new Uint8Array(511))).toBe('unknown');
  });
});

describe('describeFormat', () => {
  it('gives words for a sentence', () => {
    expect(describeFormat('png')).toBe('a PNG image');
    expect(describeFormat('gzip')).toBe('gzip-compressed data');
    expect(describeFormat('empty')).toBe('an empty file');
    expect(describeFormat('unknown')).toBe('data of an unknown format');
  });
});

describe('isCompression', () => {
  it('is true for what can be decompressed', () => {
    expect((['gzip', 'zstd', 'xz', 'bzip2'] as const).every(isCompression)).toBe(true);
    expect((['tar', 'lz4', 'zip', 'empty', 'unknown'] as const).some(isCompression)).toBe(false);
  });
});

function v7Block(): Uint8Array {
  const block = new Uint8Array(512);
  block.set(encodeUtf8('a.txt'), 0);
  block.set(encodeUtf8('0000644\0'), 100);
  writeChecksum(block, checksum(block));
  return block;
}

function writeChecksum(block: Uint8Array, sum: number): void {
  block.set(encodeUtf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
