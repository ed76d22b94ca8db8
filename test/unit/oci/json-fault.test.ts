import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../../src/base/bytes';
import { jsonFault } from '../../../src/oci/json-fault';

function isJson(bytes: Uint8Array): boolean {
  const text = decodeUtf8(bytes);
  if (text === undefined) return false;
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return true;
  } catch {
    return false;
  }
}

/** Characters that JSON is made of, so that much of what is made of them nearly is JSON. */
const nearJson = fc
  .array(
    fc.constantFrom(
      ...Array.from('{}[]:,"\\/ \t\n-+.eE019abfnrtu\u0001é𝄞'),
      ...['true', 'false', 'null', '"a"'],
    ),
  )
  .map((parts) => encodeUtf8(parts.join('')));

describe('where bytes stop being JSON', () => {
  it.each([
    ['{"Config": ', 11],
    ['', 0],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ['{"a" 1}', 5],
    ['[01]', 2],
    ['[1.]', 3],
    ['[-]', 2],
    ['[nul]', 4],
    ['["é\u0001"]', 4],
    [String.raw`["\x"]`, 3],
    [String.raw`["\u12g4"]`, 6],
    ['{} {}', 3],
    ['\uFEFF[', 4],
  ])('%j: byte %i', (text, at) => {
    expect(jsonFault(encodeUtf8(text))).toBe(at);
  });

  it('is a byte that is no UTF-8, in a text and outside', () => {
    expect(jsonFault(Uint8Array.of(0x5b, 0xff, 0x5d))).toBe(1);
    expect(jsonFault(Uint8Array.of(0x22, 0x61, 0xed, 0xa0, 0x80, 0x22))).toBe(2);
    expect(jsonFault(Uint8Array.of(0x22, 0xc3, 0x22))).toBe(1);
  });

  it('is nowhere in JSON, and at the end of JSON that is cut off', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const bytes = encodeUtf8(`[${text}]`);
        expect(jsonFault(bytes)).toBeUndefined();
        expect(jsonFault(bytes.subarray(0, -1))).toBe(bytes.length - 1);
      }),
    );
  });

  it('is found wherever the browser finds one, and nowhere else', () => {
    fc.assert(
      fc.property(fc.oneof(nearJson, fc.uint8Array()), (bytes) => {
        expect(jsonFault(bytes) === undefined).toBe(isJson(bytes));
      }),
      { numRuns: 5000 },
    );
  });
});
