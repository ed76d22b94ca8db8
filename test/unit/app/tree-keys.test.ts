import { describe, expect, it } from 'vitest';
import { treeMove, typeAhead, type TreeKeyContext } from '../../../src/app/explorer/tree-keys';
import { placeOf, treeRows } from '../../../src/app/explorer/tree-rows';
import { grownTree } from '../../support/tree-source';

const tree = grownTree('bin/', 'bin/ls', 'bin/sh', 'etc/', 'etc/passwd', 'README');

/** The context of a tree with some directories open and the focus on a path. */
function at(path: string, open: readonly string[] = [], isFlat = false): TreeKeyContext {
  const expanded = new Uint8Array(tree.count);
  for (const name of open) expanded[placeOf(tree, name) ?? -1] = 1;
  const rows = treeRows(tree, { expanded, order: { by: 'name', descending: false } });
  const row = rows.indexOf(placeOf(tree, path) ?? -1);
  return { tree, rows, row, page: 10, isFlat, isExpanded: (place) => expanded[place] === 1 };
}

/** Where a key goes, by path; or what it opens and closes. */
function press(key: string, context: TreeKeyContext) {
  const move = treeMove(key, context);
  const path = (place: number | undefined) =>
    tree.source.entryOf(tree.nodes[place ?? -1] ?? -1).path;
  if (move === undefined) return undefined;
  if (move.kind === 'go') return path(context.rows[move.row]);
  return `${move.kind} ${move.places.map(path).join(' ')}`;
}

describe('the keys of a tree', () => {
  it('go up and down, and stop at both ends', () => {
    expect(press('ArrowDown', at('bin'))).toBe('etc');
    expect(press('ArrowUp', at('etc'))).toBe('bin');
    expect(press('ArrowUp', at('README'))).toBe('README');
    expect(press('ArrowDown', at('etc'))).toBe('etc');
    expect(press('End', at('README'))).toBe('etc');
    expect(press('Home', at('etc'))).toBe('README');
    expect(press('PageDown', at('README'))).toBe('etc');
  });

  it('start at the first row where none has the focus', () => {
    expect(press('ArrowDown', at('none'))).toBe('README');
  });

  it('open a directory to the right, then go into it', () => {
    expect(press('ArrowRight', at('bin'))).toBe('expand bin');
    expect(press('ArrowRight', at('bin', ['bin']))).toBe('bin/ls');
    expect(press('ArrowRight', at('README'))).toBeUndefined();
  });

  it('close a directory to the left, or go to the one around', () => {
    expect(press('ArrowLeft', at('bin', ['bin']))).toBe('collapse bin');
    expect(press('ArrowLeft', at('bin/sh', ['bin']))).toBe('bin');
    expect(press('ArrowLeft', at('README'))).toBeUndefined();
  });

  it('open all directories beside each other with an asterisk', () => {
    expect(press('*', at('README'))).toBe('expand bin etc');
  });

  it('know no levels in a flat list', () => {
    expect(press('ArrowRight', at('bin', [], true))).toBeUndefined();
  });
});

describe('typing ahead', () => {
  it('finds the next name that begins so, around the end, in any case', () => {
    const context = at('bin', ['bin']);
    const found = (typed: string) => context.rows[typeAhead(typed, context) ?? -1];
    expect(found('e')).toBe(placeOf(tree, 'etc'));
    expect(found('r')).toBe(placeOf(tree, 'README'));
    expect(found('s')).toBe(placeOf(tree, 'bin/sh'));
    expect(found('bi')).toBe(placeOf(tree, 'bin'));
    expect(found('zz')).toBeUndefined();
  });
});
