import { describe, expect, it } from 'vitest';
import { scrollTopFor, virtualWindow } from '../../../src/ui/kit/layout/virtual-window';

const list = (count: number, scrollTop: number) => ({
  count,
  rowHeight: 28,
  height: 280,
  scrollTop,
});

describe('virtualWindow', () => {
  it('renders what is seen and a few rows on either side', () => {
    expect(virtualWindow(list(1000, 2800))).toEqual({
      first: 92,
      end: 118,
      offset: 92 * 28,
      contentHeight: 28_000,
    });
  });

  it('renders all of a list that fits', () => {
    expect(virtualWindow(list(3, 0))).toEqual({ first: 0, end: 3, offset: 0, contentHeight: 84 });
  });

  it('renders nothing of an empty list', () => {
    expect(virtualWindow(list(0, 0))).toEqual({ first: 0, end: 0, offset: 0, contentHeight: 0 });
  });

  it('stays inside the list when it has become shorter than it was scrolled', () => {
    const shown = virtualWindow(list(20, 100_000));
    expect(shown.end).toBe(20);
    expect(shown.offset).toBe(shown.first * 28);
  });

  it('reaches the last of two million rows, though the content is clamped', () => {
    const count = 2_000_000;
    const { contentHeight } = virtualWindow(list(count, 0));
    expect(contentHeight).toBe(12_000_000);
    const shown = virtualWindow(list(count, contentHeight - 280));
    expect(shown.end).toBe(count);
    // The last row ends where the content ends.
    expect(shown.offset + (shown.end - shown.first) * 28).toBeCloseTo(contentHeight, 3);
  });
});

describe('scrollTopFor', () => {
  it('leaves a row that is in view where it is', () => {
    expect(scrollTopFor(105, list(1000, 2800))).toBe(2800);
  });

  it('moves a row above to the top and a row below to the bottom', () => {
    expect(scrollTopFor(50, list(1000, 2800))).toBe(1400);
    expect(scrollTopFor(200, list(1000, 2800))).toBe(201 * 28 - 280);
  });

  it('brings any of two million rows into the window', () => {
    const scrollTop = scrollTopFor(1_234_567, list(2_000_000, 0));
    const shown = virtualWindow(list(2_000_000, scrollTop));
    expect(shown.first).toBeLessThanOrEqual(1_234_567);
    expect(shown.end).toBeGreaterThan(1_234_567);
  });
});
