import { describe, expect, it, vi } from 'vitest';
import { FileSearch, findPaths } from '../../../../src/app/palette/file-search.svelte';
import { exploredSource } from '../../../support/explored-source';
import { layerOf } from '../../../support/layer-of';

function found(paths: readonly string[], ...words: string[]): readonly string[] {
  const work = findPaths(layerOf(paths), words, 3);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

const asked = { imageId: exploredSource([]).imageId };

describe('paths that are looked for', () => {
  it('are those with every word, names that begin with the first of them first', () => {
    const paths = ['check/a', 'bin/recheck', 'bin/Check', 'bin/other'];
    expect(found(paths, 'check')).toEqual(['bin/Check', 'bin/recheck', 'check/a']);
    expect(found(paths, 'check', 'bin')).toEqual(['bin/Check', 'bin/recheck']);
    expect(found(paths, 'nothing')).toEqual([]);
  });

  it('are no more than are shown, the best of all', () => {
    const paths = ['a/has-x1', 'a/has-x2', 'a/has-x3', 'a/has-x4', 'z/x'];
    expect(found(paths, 'x')).toEqual(['z/x', 'a/has-x1', 'a/has-x2']);
  });
});

describe('the search in an image', () => {
  const layers = [
    layerOf(['bin/', 'bin/tool', 'bin/gone-tool']),
    layerOf(['bin/', 'bin/tool', 'bin/.wh.gone-tool']),
  ];

  it('finds what a container would see, with the topmost layer that has it', async () => {
    const search = new FileSearch();
    const close = search.open(() => Promise.resolve(exploredSource(layers)), asked);
    await new Promise((resolve) => setTimeout(resolve));
    search.search(['tool']);
    expect(search.isBusy).toBe(true);
    await vi.waitFor(() => expect(search.found).toEqual([{ path: 'bin/tool', layer: 1 }]));
    expect(search.isBusy).toBe(false);
    close();
  });

  it('closes the image, though it opens only afterwards', async () => {
    const search = new FileSearch();
    const onClose = vi.fn();
    const opening = Promise.resolve({ ...exploredSource(layers), close: onClose });
    search.open(() => opening, asked)();
    await vi.waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  });

  it('finds nothing, and is done, where the image cannot be opened', async () => {
    const search = new FileSearch();
    search.open(() => Promise.reject(new Error('bad manifest')), asked);
    search.search(['tool']);
    await vi.waitFor(() => expect(search.isBusy).toBe(false));
    expect(search.found).toEqual([]);
  });

  it('of 300,000 files holds nothing up for longer than a frame', async () => {
    const paths = Array.from({ length: 300_000 }, (_, i) => `usr/share/d${i % 500}/file-${i}.txt`);
    const search = new FileSearch();
    search.open(() => Promise.resolve(exploredSource([layerOf(paths)])), asked);
    await new Promise((resolve) => setTimeout(resolve));
    let turns = 0;
    search.search(['file-299999']);
    const count = setInterval(() => turns++, 1);
    await vi.waitFor(() => expect(search.found).toHaveLength(1), { timeout: 30_000, interval: 20 });
    clearInterval(count);
    // The search was done in many slices, between which others had their turn.
    expect(turns).toBeGreaterThan(5);
  });
});
