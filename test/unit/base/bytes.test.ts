import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareBytes,
  encodeUtf8,
  equalBytes,
  escapeBytes,
  toHex,
  unescapeBytes,
} from '../../../src/base/bytes';

describe('escapeBytes', () => {
  it('leaves UTF-8 as it is', () => {
    expect(escapeBytes(encodeUtf8('usr/share/zoneinfo/日本'))).toBe('usr/share/zoneinfo/日本');
  });

  it('doubles a backslash', () => {
    expect(escapeBytes(encodeUtf8('a\\b'))).toBe('a\\\\b');
  });

  it('writes a byte that is not UTF-8 as \\xNN and keeps the text around it', () => {
    expect(escapeBytes(Uint8Array.of(0x61, 0xff, 0xc3, 0xa9, 0xc3))).toBe('a\\xffé\\xc3');
  });

  it('does not take an overlong or surrogate sequence for UTF-8', () => {
    expect(escapeBytes(Uint8Array.of(0xc0, 0xaf))).toBe('\\xc0\\xaf');
    expect(escapeBytes(Uint8Array.of(0xed, 0xa0, 0x80))).toBe('\\xed\\xa0\\x80');
  });

  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) =>
        equalBytes(unescapeBytes(escapeBytes(bytes)), bytes),
      ),
    );
  });

  it('gives different bytes different texts, so that a text is a key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 6 }), (a, b) => {
        expect(escapeBytes(a) === escapeBytes(b)).toBe(equalBytes(a, b));
      }),
    );
  });
});

describe('compareBytes', () => {
  it('orders by the first byte that differs, a prefix first', () => {
    const order = ['a', 'a-b', 'a/', 'a/b', 'ab'].map(encodeUtf8);
    expect([...order].reverse().sort(compareBytes)).toEqual(order);
  });
});

describe('toHex', () => {
  it('pads each byte to two digits', () => {
    expect(toHex(Uint8Array.of(0, 15, 255))).toBe('000fff');
  });
});
