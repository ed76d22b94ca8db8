import { describe, expect, it } from 'vitest';
import { entryChange } from '../../../src/layer/stack/entry-change';
import { layerOf } from '../../support/layer-of';
import type { TarItem } from '../../support/tar-builder';

type Items = readonly (TarItem | string)[];

const link = (path: string, linkname: string): TarItem => ({ path, type: 'hardlink', linkname });
const changeOf = (path: string, ...layers: readonly Items[]) =>
  entryChange(layers.map(layerOf), layers.length - 1, path);

const file = (content: string, more: Partial<TarItem> = {}): TarItem => ({
  path: 'd/a',
  content,
  ...more,
});

describe('an entry that a lower layer has, too', () => {
  it('is compared with the nearest', () => {
    const change = changeOf(
      'd/a',
      [file('1')],
      [file('22')],
      ['x'],
      [file('333', { mode: 0o755 })],
    );
    expect(change).toMatchObject({
      layer: 1,
      before: { size: 2, mode: 0o644 },
      after: { size: 3, mode: 0o755 },
      isSameContent: false,
      isSameAttributes: true,
    });
  });

  it('has the same content, or not, of the same size', () => {
    expect(changeOf('d/a', [file('same')], [file('same')])?.isSameContent).toBe(true);
    expect(changeOf('d/a', [file('same')], [file('Same')])?.isSameContent).toBe(false);
  });

  it('may be a hardlink, which is what it links to', () => {
    const lower = [{ path: 'x', content: 'same' }, link('d/a', 'x')];
    const change = changeOf('d/a', lower, [file('same')]);
    expect(change).toMatchObject({ isSameContent: true, before: { type: 'file', linkname: '' } });
    const other = [{ path: 'x', content: 'Same' }, link('d/a', 'x')];
    expect(changeOf('d/a', lower, other)?.isSameContent).toBe(false);
  });

  it('has other extended attributes, or the same', () => {
    const labelled = (label: string) => [file('1', { xattrs: { 'user.a': label } })];
    expect(changeOf('d/a', labelled('1'), labelled('1'))?.isSameAttributes).toBe(true);
    expect(changeOf('d/a', labelled('1'), labelled('2'))?.isSameAttributes).toBe(false);
  });

  it('is of another type', () => {
    const change = changeOf('d/a', [file('1')], [{ path: 'd/a', linkname: 'x' }]);
    expect(change).toMatchObject({ before: { type: 'file' }, after: { type: 'symlink' } });
    expect(change?.isSameContent).toBe(false);
  });
});

describe('nothing is compared', () => {
  it.each([
    ['removed', ['d/.wh.a']],
    ['removed with its directory', ['.wh.d']],
    ['hidden with all that its directory had', ['d/.wh..wh..opq']],
    ['hidden with all there was', ['.wh..wh..opq']],
    ['gone with its directory, which became a file', ['d']],
  ])('where it was %s between', (_, between) => {
    expect(changeOf('d/a', [file('1')], between, [file('1')])).toBeUndefined();
  });

  it('where the layer is the first to have it, only removes it, or has none', () => {
    expect(changeOf('d/a', ['x'], [file('1')])).toBeUndefined();
    expect(changeOf('d/a', [file('1')], ['d/.wh.a'])).toBeUndefined();
    expect(changeOf('d/a', [file('1')], ['x'])).toBeUndefined();
  });

  it('where a layer between is not known yet', () => {
    const layers = [layerOf([file('1')]), undefined, layerOf([file('2')])];
    expect(entryChange(layers, 2, 'd/a')).toBeUndefined();
  });
});
