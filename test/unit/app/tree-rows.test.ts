import { describe, expect, it } from 'vitest';
import { changeOfCode, type FileTree } from '../../../src/app/explorer/file-tree';
import { flatRows, placeOf, treeRows, withAncestors } from '../../../src/app/explorer/tree-rows';
import { grow, grownTree, listedTree } from '../../support/tree-source';

const byName = { by: 'name', descending: false } as const;
const bySize = { by: 'size', descending: true } as const;

const path = (tree: FileTree, place: number) => tree.source.entryOf(tree.nodes[place] ?? 0).path;

function show(
  tree: FileTree,
  open: readonly string[],
  options: { order?: typeof byName | typeof bySize; kept?: Uint8Array } = {},
) {
  const expanded = new Uint8Array(tree.count);
  for (const name of open) expanded[placeOf(tree, name) ?? -1] = 1;
  const rows = treeRows(tree, { expanded, order: options.order ?? byName, kept: options.kept });
  return [...rows].map((place) => path(tree, place));
}

describe('growTree', () => {
  it('puts a directory before what is in it, though a name between them sorts first', () => {
    const tree = grownTree('a/', 'a-b', 'a/c');
    expect([...tree.nodes].map((_, place) => path(tree, place))).toEqual(['a', 'a/c', 'a-b']);
    expect([...tree.depths]).toEqual([0, 1, 0]);
    expect([...tree.ends]).toEqual([2, 2, 3]);
    expect([...tree.parents]).toEqual([-1, 0, -1]);
  });

  it('gives a directory the size of all that is in it', () => {
    const tree = grownTree('a/', { path: 'a/b', size: 5 }, 'a/c/', { path: 'a/c/d', size: 7 });
    expect([...tree.sizes]).toEqual([12, 5, 7, 7]);
  });

  it('leaves out of a directory what was removed from it, but not of a removed directory', () => {
    const tree = grownTree(
      'a/',
      { path: 'a/b', size: 5 },
      { path: 'a/gone/', change: 'removed' },
      { path: 'a/gone/x', size: 7, change: 'removed' },
    );
    expect([...tree.sizes]).toEqual([5, 5, 7, 7]);
  });

  it('marks a directory as modified when something in it changed, unless it came or went itself', () => {
    const tree = grownTree(
      { path: 'a/', change: 'metadata' },
      { path: 'a/b', change: 'added' },
      { path: 'b/', change: 'added' },
      { path: 'b/x', change: 'added' },
      { path: 'c/', change: 'metadata' },
      'c/x',
    );
    const marks = [...tree.marks].map(changeOfCode);
    expect(marks).toEqual(['modified', 'added', 'added', 'added', 'metadata', undefined]);
  });

  it('grows past what the source thought it holds', () => {
    const source = listedTree(['a', 'b', 'c']);
    expect(grow({ ...source, count: 1 }).count).toBe(3);
  });

  it('is empty for an empty layer', () => {
    const tree = grownTree();
    expect(tree.count).toBe(0);
    expect(show(tree, [])).toEqual([]);
  });
});

describe('treeRows', () => {
  const tree = grownTree(
    'bin/',
    { path: 'bin/ls', size: 10 },
    { path: 'bin/sh', size: 90 },
    'etc/',
    { path: 'etc/passwd', size: 300 },
    { path: 'root', size: 100 },
  );

  it('shows the top level, and what is in open directories', () => {
    expect(show(tree, [])).toEqual(['bin', 'etc', 'root']);
    expect(show(tree, ['bin'])).toEqual(['bin', 'bin/ls', 'bin/sh', 'etc', 'root']);
  });

  it('sorts by size within each directory, equal sizes by name', () => {
    expect(show(tree, ['bin'], { order: bySize })).toEqual([
      'etc',
      'bin',
      'bin/sh',
      'bin/ls',
      'root',
    ]);
  });

  it('shows what a filter keeps, and the directories around it', () => {
    const matches = new Uint8Array(tree.count);
    matches[placeOf(tree, 'bin/sh') ?? -1] = 1;
    expect(show(tree, ['bin'], { kept: withAncestors(tree, matches) })).toEqual(['bin', 'bin/sh']);
    expect([...flatRows(tree, matches, byName)].map((place) => path(tree, place))).toEqual([
      'bin/sh',
    ]);
  });

  it('finds no place for a path that is not there', () => {
    expect(placeOf(tree, 'bin/none')).toBeUndefined();
    expect(placeOf(tree, '')).toBeUndefined();
  });

  it('lists a directory of 300,000 without making an entry', () => {
    const count = 300_000;
    let made = 0;
    const all = Uint32Array.from({ length: count }, (_, node) => node);
    const wide = grow({
      count,
      children: () => all,
      find: () => undefined,
      isDirectory: () => false,
      sizeOf: (node) => node % 97,
      changeOf: () => undefined,
      entryOf: () => {
        made++;
        throw new Error('made an entry');
      },
    });
    const rows = treeRows(wide, { expanded: new Uint8Array(count), order: bySize });
    expect(rows.length).toBe(count);
    expect(rows[0]).toBe(96);
    expect(made).toBe(0);
  });
});
