import { describe, expect, it } from 'vitest';
import { PagedRows, type ReadPage } from '../../../src/app/registry/paged-rows.svelte';

interface Row {
  readonly name: string;
  readonly at?: number;
}

const list = (): PagedRows<Row> => new PagedRows(({ name }) => name);
const named = (text: string): readonly Row[] => Array.from(text, (name) => ({ name }));
const names = ({ rows }: PagedRows<Row>): string => rows.map(({ name }) => name).join('');

/** Pages of a list, each given as its names. */
const pages =
  (...texts: readonly string[]): ReadPage<Row> =>
  (page) =>
    Promise.resolve({
      rows: named(texts[page - 1] ?? ''),
      count: texts.join('').length,
      hasMore: page < texts.length,
    });

describe('a list that comes in pages', () => {
  it('grows by a page each time that more is asked for', async () => {
    const rows = list();
    await rows.start(pages('abc', 'de'));
    expect([names(rows), rows.state]).toEqual(['abc', { kind: 'read', count: 5, hasMore: true }]);
    await rows.more();
    expect([names(rows), rows.state]).toEqual([
      'abcde',
      { kind: 'read', count: 5, hasMore: false },
    ]);
  });

  it('has each row once, though the list changed between its pages', async () => {
    const rows = list();
    await rows.start(pages('aba', 'bcd'));
    expect(names(rows)).toBe('ab');
    await rows.more();
    expect(names(rows)).toBe('abcd');
  });

  it('keeps what it has where a page fails, and asks for that page again', async () => {
    const rows = list();
    const asked: number[] = [];
    let fails = true;
    await rows.start((page, signal) => {
      asked.push(page);
      if (page === 2 && fails) return Promise.reject(new Error('cut off'));
      return pages('abc', 'de')(page, signal);
    });
    await rows.more();
    expect([names(rows), rows.state.kind]).toEqual(['abc', 'failed']);
    fails = false;
    await rows.more();
    expect([names(rows), asked]).toEqual(['abcde', [1, 2, 2]]);
  });

  it('shows nothing of another list where its first page fails', async () => {
    const rows = list();
    await rows.start(pages('abc'));
    await rows.start(() => Promise.reject(new Error('cut off')));
    expect([names(rows), rows.state.kind]).toEqual(['', 'failed']);
  });

  it('never shows what comes late of a list that was left', async () => {
    const rows = list();
    let answer: () => void = () => undefined;
    let isGivenUp = false;
    const slow = rows.start(async (page, signal) => {
      await new Promise<void>((resolve) => (answer = resolve));
      isGivenUp = signal.aborted;
      return pages('old')(page, signal);
    });
    await rows.start(pages('new'));
    answer();
    await slow;
    expect([names(rows), rows.state.kind, isGivenUp]).toEqual(['new', 'read', true]);
  });
});
