import { describe, expect, it } from 'vitest';
import { compareText } from '../../../src/base/compare-text';
import {
  compareTimestamps,
  formatTimestamp,
  parseTimestamp,
  timestampOfMilliseconds,
  ZERO_TIME,
} from '../../../src/base/timestamp';

describe('a timestamp', () => {
  it.each([
    ['2023-11-14T22:13:20Z', '2023-11-14T22:13:20Z'],
    ['2023-11-14T22:13:20.120Z', '2023-11-14T22:13:20.12Z'],
    ['2023-11-14T22:13:20.123456789123Z', '2023-11-14T22:13:20.123456789Z'],
    ['2024-06-01T10:00:00+02:00', '2024-06-01T10:00:00+02:00'],
    ['2024-06-01T10:00:00-00:30', '2024-06-01T10:00:00-00:30'],
    ['2024-06-01T10:00:00+00:00', '2024-06-01T10:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
  ])('%s is written %s', (text, expected) => {
    const timestamp = parseTimestamp(text);
    expect(timestamp && formatTimestamp(timestamp)).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '2023-02-29T00:00:00Z',
    '2023-11-14T24:00:00Z',
    '2023-11-14 22:13:20Z',
    '2023-11-14T22:13:20',
    '2023-11-14T22:13:20+24:00',
    '10000-01-01T00:00:00Z',
  ])('is not %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('counts seconds from the epoch, whatever its zone', () => {
    expect(parseTimestamp('1970-01-01T01:00:00+01:00')?.seconds).toBe(0);
    expect(parseTimestamp('0001-01-01T00:00:00Z')).toEqual(ZERO_TIME);
  });

  it('orders by nanoseconds where the seconds are equal', () => {
    const [a, b] = ['2023-11-14T22:13:20.1Z', '2023-11-14T22:13:20.2Z'].map(parseTimestamp);
    expect(compareTimestamps(a ?? ZERO_TIME, b ?? ZERO_TIME)).toBeLessThan(0);
  });

  it('is made of a clock', () => {
    expect(formatTimestamp(timestampOfMilliseconds(1_700_000_000_250))).toBe(
      '2023-11-14T22:13:20.25Z',
    );
  });
});

it('text is ordered by code point, not by UTF-16 unit', () => {
  expect(['\u{1F433}', '\uFF5E', 'b', 'ab', 'a'].sort(compareText)).toEqual([
    'a',
    'ab',
    'b',
    '\uFF5E',
    '\u{1F433}',
  ]);
});
