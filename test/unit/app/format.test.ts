import { describe, expect, it } from 'vitest';
import { timeAgo, timestamp } from '../../../src/app/format';

const NOW = Date.UTC(2025, 5, 1, 12);
const HOUR = 3_600_000;
const ago = (milliseconds: number, language = 'en'): string =>
  timeAgo(NOW - milliseconds, NOW, language);

describe('an age', () => {
  it.each([
    [30_000, '30 seconds ago'],
    [90_000, '1 minute ago'],
    [HOUR, '1 hour ago'],
    [47 * HOUR, '47 hours ago'],
    [48 * HOUR, '2 days ago'],
    [13 * 24 * HOUR, '13 days ago'],
    [14 * 24 * HOUR, '2 weeks ago'],
    [70 * 24 * HOUR, '2 months ago'],
    [55 * 365.25 * 24 * HOUR, '55 years ago'],
  ])('of %d ms reads %j, in the units that docker takes', (milliseconds, text) => {
    expect(ago(milliseconds)).toBe(text);
  });

  it('is told in the language asked for', () => {
    expect(ago(48 * HOUR, 'zh-CN')).toBe('2天前');
  });

  it('of what lies ahead is now', () => {
    expect(ago(-5 * HOUR)).toMatch(/0 seconds/);
  });
});

it('tells a moment in UTC', () => {
  expect(timestamp(Date.UTC(2024, 9, 3, 14, 21, 7))).toBe('2024-10-03 14:21:07 UTC');
});
