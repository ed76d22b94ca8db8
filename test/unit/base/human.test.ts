import { describe, expect, it } from 'vitest';
import { humanDuration } from '../../../src/base/human-duration';
import { dockerSize, humanSize } from '../../../src/base/human-size';

describe('dockerSize', () => {
  // Expected values are those of HumanSizeWithPrecision(x, 3) of docker/go-units.
  it.each([
    [0, '0B'],
    [1, '1B'],
    [999, '999B'],
    [1000, '1kB'],
    [1234, '1.23kB'],
    [12345, '12.3kB'],
    [133_000_000, '133MB'],
    [999_999, '1e+03kB'],
    [1_500_000_000, '1.5GB'],
    [5_555_555_555_555, '5.56TB'],
  ])('says %d bytes as %s', (bytes, text) => {
    expect(dockerSize(bytes)).toBe(text);
  });

  it('takes another precision', () => {
    expect(dockerSize(1_234_567, 4)).toBe('1.235MB');
  });
});

describe('humanSize', () => {
  it.each([
    [0, '0 B'],
    [388, '388 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [999_500, '1.00 MB'],
    [12_200_000, '12.2 MB'],
    [2_310_000_000, '2.31 GB'],
  ])('says %d bytes as %s', (bytes, text) => {
    expect(humanSize(bytes)).toBe(text);
  });
});

describe('humanDuration', () => {
  const minute = 60_000;
  const hour = 60 * minute;
  const day = 24 * hour;
  // Expected values are those of HumanDuration of docker/go-units.
  it.each([
    [-5000, 'Less than a second'],
    [999, 'Less than a second'],
    [1000, '1 second'],
    [59_999, '59 seconds'],
    [minute, 'About a minute'],
    [2 * minute, '2 minutes'],
    [59 * minute, '59 minutes'],
    [60 * minute, 'About an hour'],
    [89 * minute, 'About an hour'],
    [90 * minute, '2 hours'],
    [47 * hour, '47 hours'],
    [48 * hour, '2 days'],
    [13 * day, '13 days'],
    [14 * day, '2 weeks'],
    [59 * day, '8 weeks'],
    [60 * day, '2 months'],
    [729 * day, '24 months'],
    [730 * day, '2 years'],
    [55 * 365 * day, '55 years'],
  ])('says %d ms as "%s"', (milliseconds, text) => {
    expect(humanDuration(milliseconds)).toBe(text);
  });
});
