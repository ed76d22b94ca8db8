import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import VirtualList from '../../../src/ui/kit/layout/VirtualList.svelte';
import type { VirtualListHandle } from '../../../src/ui/kit/layout/virtual-window';
import { numberedRow } from '../../support/numbered-row.svelte';

const ROW = 28;
let unmountAll: (() => void) | undefined;

/** A list of numbered rows in a box 280px high. */
function show(count: number): { box: HTMLElement; list: VirtualListHandle } {
  const target = document.createElement('div');
  target.style.cssText = 'display: flex; flex-direction: column; block-size: 280px';
  document.body.append(target);
  const list = mount(VirtualList, {
    target,
    props: {
      count,
      row: numberedRow(ROW),
      rowSize: `${ROW}px`,
      role: 'listbox',
      'aria-label': 'Rows',
    },
  }) as VirtualListHandle;
  flushSync();
  unmountAll = () => {
    void unmount(list);
    target.remove();
  };
  const box = target.querySelector<HTMLElement>('[role=listbox]')!;
  return { box, list };
}

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const rowsOf = (box: HTMLElement) =>
  [...box.querySelectorAll('.row')].map((row) => row.textContent);

/** Rows that can be seen, by where they are on the screen. */
function seen(box: HTMLElement): (string | null)[] {
  const { top, bottom } = box.getBoundingClientRect();
  return [...box.querySelectorAll('.row')]
    .filter((row) => {
      const rect = row.getBoundingClientRect();
      return rect.top >= top - 1 && rect.bottom <= bottom + 1;
    })
    .map((row) => row.textContent);
}

afterEach(() => unmountAll?.());

describe('VirtualList', () => {
  it('makes only the rows in view and a few beside them, of however many', async () => {
    const { box } = show(300_000);
    await frame();
    expect(rowsOf(box).length).toBeLessThan(40);
    expect(seen(box)[0]).toBe('row 0');
    expect(box.scrollHeight).toBe(300_000 * ROW);
  });

  it('shows the rows that it is scrolled to', async () => {
    const { box } = show(300_000);
    await frame();
    box.scrollTop = 150_000 * ROW;
    await frame();
    await frame();
    expect(seen(box)[0]).toBe('row 150000');
    expect(seen(box)).toHaveLength(10);
  });

  it('brings a row into view, and moves no further than it must', async () => {
    const { box, list } = show(1000);
    await frame();
    list.scrollToRow(500);
    await frame();
    expect(seen(box).at(-1)).toBe('row 500');
    const { scrollTop } = box;
    list.scrollToRow(495);
    expect(box.scrollTop).toBe(scrollTop);
  });

  it('reaches the last of two million rows, which no browser could lay out', async () => {
    const { box, list } = show(2_000_000);
    await frame();
    list.scrollToRow(1_999_999);
    await frame();
    await frame();
    expect(seen(box).at(-1)).toBe('row 1999999');
  });

  it('has no rows where there are none', async () => {
    const { box } = show(0);
    await frame();
    expect(rowsOf(box)).toEqual([]);
  });
});
