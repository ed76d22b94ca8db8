import { describe, expect, it } from 'vitest';
import { compareLayer } from '../../../src/app/image/changed-layer';
import { changeOfCode } from '../../../src/app/explorer/file-tree';
import { mergeLayers } from '../../../src/layer/stack/merge-layers';
import { layerOf } from '../../support/layer-of';
import type { TarItem } from '../../support/tar-builder';
import { grow } from '../../support/tree-source';

type Items = readonly (TarItem | string)[];

/** What the last layer did, as lines of change and path in the order of the tree. */
function compare(...layers: readonly Items[]) {
  const indexes = layers.map((items) => layerOf(items));
  const own = indexes.at(-1)!;
  const below = mergeLayers(indexes.slice(0, -1));
  const work = compareLayer({ own, below, after: mergeLayers(indexes) });
  for (;;) {
    const step = work.next();
    if (!step.done) continue;
    const { source, counts } = step.value;
    const tree = grow(source);
    const lines = Array.from(tree.nodes, (node, place) => {
      const change = changeOfCode(tree.changes[place] ?? 0) ?? 'unchanged';
      return `${change} ${source.entryOf(node).path}`;
    });
    return { lines, counts, source };
  }
}

describe('compareLayer', () => {
  it('takes everything in the base for added', () => {
    const { lines, counts } = compare(['etc/', 'etc/passwd']);
    expect(lines).toEqual(['added etc', 'added etc/passwd']);
    expect(counts).toEqual({ added: 2, modified: 0, metadata: 0, removed: 0 });
  });

  it('takes a directory that no layer has an entry for for added by the first that has something in it', () => {
    const base = ['usr/bin/sh'];
    expect(compare(base).lines).toEqual(['added usr', 'added usr/bin', 'added usr/bin/sh']);
    expect(compare(base, ['usr/lib/c']).lines).toEqual([
      'unchanged usr',
      'unchanged usr/bin',
      'unchanged usr/bin/sh',
      'added usr/lib',
      'added usr/lib/c',
    ]);
  });

  it('compares hardlinks by the content of what they link to', () => {
    const link = { path: 'b', type: 'hardlink', linkname: 'a' } as const;
    const base = [{ path: 'a', content: 'one' }, link];
    expect(compare(base, [{ path: 'a', content: 'eno' }, link]).lines).toEqual([
      'modified a',
      'modified b',
    ]);
    const file = { path: 'b', content: 'one' };
    expect(compare(base, [file]).lines).toEqual(['unchanged a', 'unchanged b']);
  });

  it('tells other content from other metadata, and both from what is stored again', () => {
    const { lines } = compare(
      [
        { path: 'a', content: 'one' },
        { path: 'b', content: 'two' },
        { path: 'c', content: 'three' },
        { path: 'd', content: 'four' },
      ],
      [
        { path: 'a', content: 'eno' },
        { path: 'b', content: 'two', mode: 0o755 },
        { path: 'c', content: 'three' },
      ],
    );
    expect(lines).toEqual(['modified a', 'metadata b', 'unchanged c', 'unchanged d']);
  });

  it('shows what a whiteout removed, with all that was in it, among what stayed', () => {
    const { lines, counts, source } = compare(
      ['m/', 'm/a/', 'm/a/x', 'm/a/y', 'm/b', 'm/c'],
      ['m/.wh.a', 'm/.wh.none'],
    );
    expect(lines).toEqual([
      'unchanged m',
      'removed m/a',
      'removed m/a/x',
      'removed m/a/y',
      'unchanged m/b',
      'unchanged m/c',
    ]);
    expect(counts.removed).toBe(3);
    expect(source.changeOf(source.find('m/a/x') ?? -1)).toBe('removed');
    expect(source.find('m/none')).toBeUndefined();
  });

  it('counts what an opaque directory hides, but for what the layer has again', () => {
    const { lines, counts } = compare(
      ['s/', 's/old', 's/kept'],
      ['s/', 's/.wh..wh..opq', 's/kept', 's/new'],
    );
    expect(lines).toEqual(['unchanged s', 'unchanged s/kept', 'added s/new', 'removed s/old']);
    expect(counts).toMatchObject({ added: 1, removed: 1 });
  });

  it('takes a file in the place of a directory for a modified entry', () => {
    const { lines } = compare(['d/', 'd/x'], [{ path: 'd', content: 'file' }]);
    expect(lines).toEqual(['modified d']);
  });
});
