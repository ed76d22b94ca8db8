import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowCursors } from '../../../src/layer/index/row-cursors';
import { layerOf } from '../../support/layer-of';

interface Stop {
  readonly path: string;
  readonly source: number;
  readonly shared: number;
}

function walk(sources: readonly (readonly string[])[]): Stop[] {
  const columns = sources.map((paths) => layerOf(paths).columns);
  const cursors = new RowCursors(columns);
  const stops: Stop[] = [];
  while (cursors.next()) {
    const { source, row, shared } = cursors;
    stops.push({ path: columns[source]?.paths.text(row) ?? '', source, shared });
  }
  return stops;
}

/** All paths in one list, sorted; each with what it shares with the one before it. */
function sorted(sources: readonly (readonly string[])[]): Stop[] {
  const all = sources.flatMap((paths, source) => paths.map((path) => ({ path, source })));
  all.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.source - b.source));
  return all.map((stop, i) => ({ ...stop, shared: commonLength(stop.path, all[i - 1]?.path) }));
}

function commonLength(path: string, previous = ''): number {
  let length = 0;
  while (length < Math.min(path.length, previous.length) && path[length] === previous[length]) {
    length++;
  }
  return length;
}

const paths = fc
  .array(fc.constantFrom('a', 'b', 'a-', 'ab', 'abc'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));
const sources = fc.array(fc.uniqueArray(paths, { maxLength: 20 }), { maxLength: 9 });

describe('row cursors', () => {
  it('give the rows of all columns by path, then by columns, with what each shares with the one before', () => {
    fc.assert(
      fc.property(sources, (all) => {
        expect(walk(all)).toEqual(sorted(all));
      }),
      { numRuns: 500, seed: 22, interruptAfterTimeLimit: 10_000 },
    );
  }, 20_000);

  it('give nothing of no columns, and of columns without rows', () => {
    expect(walk([])).toEqual([]);
    expect(walk([[], []])).toEqual([]);
  });
});
