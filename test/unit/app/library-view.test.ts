import { describe, expect, it } from 'vitest';
import { imageName } from '../../../src/app/library/image-name';
import type { LibraryRow } from '../../../src/app/library/library-row';
import {
  filterRows,
  firstOrder,
  NO_FILTER,
  sortRows,
  type LibraryFilter,
} from '../../../src/app/library/library-view';

interface RowParts extends Partial<Omit<LibraryRow, 'names' | 'platforms'>> {
  readonly name?: string;
  readonly platform?: string;
}

let count = 0;

function row({ name, platform = 'linux/amd64', ...parts }: RowParts = {}): LibraryRow {
  const key = String(++count);
  return {
    key,
    names: name === undefined ? [] : [imageName(name)],
    isStored: true,
    shortId: key.padStart(12, '0'),
    platforms: [{ text: platform }],
    layers: [],
    state: { kind: 'verified' },
    searched: (name ?? '').toLowerCase(),
    ...parts,
  };
}

const shown = (rows: readonly LibraryRow[]): string[] =>
  rows.map(({ names, key }) => names[0]?.text ?? key);

const filtered = (rows: readonly LibraryRow[], filter: Partial<LibraryFilter>): string[] =>
  shown(filterRows(rows, { ...NO_FILTER, ...filter }));

describe('the filter of Images', () => {
  const nginx = row({ name: 'nginx:1.27', searched: 'nginx:1.27\nmaintainer=NGINX'.toLowerCase() });
  const redis = row({ name: 'redis:7', platform: 'linux/arm64' });
  const untagged = row({ key: 'untagged', state: { kind: 'corrupt' } });
  const rows = [nginx, redis, untagged];

  it('shows everything at first', () => {
    expect(filtered(rows, {})).toEqual(['nginx:1.27', 'redis:7', 'untagged']);
  });

  it('finds every word, in any order and case', () => {
    expect(filtered(rows, { text: '1.27 NGINX' })).toEqual(['nginx:1.27']);
    expect(filtered(rows, { text: 'nginx redis' })).toEqual([]);
  });

  it('finds labels', () => {
    expect(filtered(rows, { text: 'maintainer=nginx' })).toEqual(['nginx:1.27']);
  });

  it('tells tagged from untagged', () => {
    expect(filtered(rows, { tagged: false })).toEqual(['untagged']);
    expect(filtered(rows, { untagged: false })).toEqual(['nginx:1.27', 'redis:7']);
  });

  it('goes by platform and by state', () => {
    expect(filtered(rows, { platform: 'linux/arm64' })).toEqual(['redis:7']);
    expect(filtered(rows, { state: 'damaged' })).toEqual(['untagged']);
    expect(filtered(rows, { state: 'verified' })).toEqual(['nginx:1.27', 'redis:7']);
  });
});

describe('the order of Images', () => {
  const old = row({ name: 'b:1', created: 1000, size: 5 });
  const fresh = row({ name: 'a:10', created: 3000, size: 50 });
  const middle = row({ name: 'a:9', created: 2000, size: 500 });
  const rows = [old, fresh, middle];

  it('begins with the newest and the largest, and with A', () => {
    expect(shown(sortRows(rows, firstOrder('created')))).toEqual(['a:10', 'a:9', 'b:1']);
    expect(shown(sortRows(rows, firstOrder('size')))).toEqual(['a:9', 'a:10', 'b:1']);
    expect(shown(sortRows(rows, firstOrder('repository')))).toEqual(['a:9', 'a:10', 'b:1']);
  });

  it('counts numbers in tags as numbers', () => {
    expect(shown(sortRows(rows, firstOrder('tag')))).toEqual(['b:1', 'a:9', 'a:10']);
  });

  it('keeps the newest first among equals, whichever way it goes', () => {
    const order = { column: 'platform', descending: true } as const;
    expect(shown(sortRows(rows, order))).toEqual(['a:10', 'a:9', 'b:1']);
  });

  it('leaves the list it was given alone', () => {
    sortRows(rows, firstOrder('created'));
    expect(shown(rows)).toEqual(['b:1', 'a:10', 'a:9']);
  });
});
