import { expect, it } from 'vitest';
import { findFile } from '../../../src/layer/find-file';
import { layerOf } from '../../support/layer-of';
import type { TarItem } from '../../support/tar-builder';

const link = (path: string, linkname: string): TarItem => ({ path, type: 'hardlink', linkname });

it('finds what a hardlink was made with, by the path of the link', () => {
  const layer = layerOf([
    { path: 'a', content: 'first' },
    link('b', './a'),
    { path: 'a', content: 'second!' },
  ]);
  expect(findFile([layer], 0, 'b')).toMatchObject({ layer: 0, path: 'b', location: { size: 5 } });
  expect(findFile([layer], 0, 'a')).toMatchObject({ path: 'a', location: { size: 7 } });
});

it('finds it in a lower layer, by its path there, past those that are not known yet', () => {
  const layers = [layerOf([{ path: 'a', content: 'abc' }]), undefined, layerOf([link('b', 'a')])];
  expect(findFile(layers, 2, 'b')).toMatchObject({ layer: 0, path: 'a', location: { size: 3 } });
});

it('finds an entry below a symlink where the tar has it and where it lies', () => {
  const layer = layerOf([
    'usr/',
    { path: 'lib', linkname: 'usr' },
    { path: 'lib/a', content: '1' },
  ]);
  expect(findFile([layer], 0, 'lib/a').location).toEqual(findFile([layer], 0, 'usr/a').location);
});

it('says what is no file, and what is not there', () => {
  const layer = layerOf(['d/', '.wh.w', link('b', 'nowhere')]);
  expect(() => findFile([layer], 0, 'd')).toThrow('"d" is a directory, not a file.');
  expect(() => findFile([layer], 0, 'w')).toThrow('deleted by this layer');
  expect(() => findFile([layer], 0, 'b')).toThrow('a hard link to "nowhere", which is not there');
  expect(() => findFile([layer], 0, 'none')).toThrow('There is no "none".');
});
