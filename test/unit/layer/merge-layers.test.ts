import { describe, expect, it } from 'vitest';
import { mergeLayers } from '../../../src/layer/stack/merge-layers';
import { openLayerIndex } from '../../../src/layer/index/open-layer-index';
import { indexToc } from '../../../src/layer/toc/toc-index';
import type { MergedFilesystem } from '../../../src/layer/stack/merged-filesystem';
import { entryOf, layerOf, pathsOf } from '../../support/layer-of';
import type { TarItem } from '../../support/tar-builder';

type Items = readonly (TarItem | string)[];

const merge = (...layers: readonly Items[]): MergedFilesystem => mergeLayers(layers.map(layerOf));
const paths = (...layers: readonly Items[]): string[] => pathsOf(merge(...layers).entries());
const link = (path: string, linkname: string): TarItem => ({ path, type: 'hardlink', linkname });

describe('layers that are stacked', () => {
  it('are nothing where there are none, and what it has where there is one', () => {
    expect(paths()).toEqual([]);
    expect(paths(['a/', 'a/b', 'c'])).toEqual(['a', 'a/b', 'c']);
  });

  it('show the entries of all, by the bytes of their paths', () => {
    expect(paths(['b', 'a/', 'a/x'], ['a-', 'a/y', 'c'])).toEqual([
      'a',
      'a-',
      'a/x',
      'a/y',
      'b',
      'c',
    ]);
  });

  it('show of a path the entry of the uppermost', () => {
    const merged = merge([{ path: 'a', content: 'low' }], [{ path: 'a', content: 'upper' }]);
    expect(merged.find('a')).toMatchObject({ size: 5 });
    expect(merged.layerOf(0)).toBe(1);
    expect(merged.layersWith('a')).toEqual([0, 1]);
  });
});

describe('a whiteout', () => {
  it('hides a file of a lower layer', () => {
    expect(paths(['a', 'b'], ['.wh.a'])).toEqual(['b']);
  });

  it('hides a directory and all that is in it', () => {
    expect(paths(['a/', 'a/b/', 'a/b/c', 'a-', 'ab'], ['.wh.a'])).toEqual(['a-', 'ab']);
  });

  it('hides nothing of its own layer, wherever it stands in the tar', () => {
    expect(paths(['a/', 'a/old'], ['.wh.a', 'a/', 'a/new'])).toEqual(['a', 'a/new']);
    expect(paths(['a/', 'a/old'], ['a/', 'a/new', '.wh.a'])).toEqual(['a', 'a/new']);
  });

  it('hides nothing of upper layers', () => {
    expect(paths(['a'], ['.wh.a'], ['a'])).toEqual(['a']);
  });

  it('may hide what is not there', () => {
    expect(paths(['a'], ['.wh.b'])).toEqual(['a']);
  });

  it('has its directory made where there is none, as engines do', () => {
    expect(paths(['a'], ['c/d/.wh.e'])).toEqual(['a', 'c', 'c/d']);
    expect(paths(['a/', 'a/b'], ['.wh.a'], ['a/.wh.b'])).toEqual(['a']);
    const merged = merge(['b/', { path: 'a', linkname: 'b' }], ['a/.wh.c']);
    expect(merged.find('a')).toMatchObject({ type: 'dir', mode: 0o755 });
  });

  it('of the bare name .wh. does nothing', () => {
    expect(paths(['a/', 'a/b'], ['a/.wh.'])).toEqual(['a', 'a/b']);
  });
});

describe('an opaque marker', () => {
  it('hides what lower layers have in its directory, not the directory', () => {
    const merged = merge(
      [{ path: 'a/', mode: 0o700 }, 'a/b', 'a/c/', 'a/c/d'],
      ['a/.wh..wh..opq', 'a/new'],
    );
    expect(pathsOf(merged.entries())).toEqual(['a', 'a/new']);
    expect(merged.find('a')?.mode).toBe(0o700);
  });

  it('hides nothing of its own layer, wherever it stands in the tar', () => {
    expect(paths(['a/', 'a/old'], ['a/', 'a/new', 'a/.wh..wh..opq'])).toEqual(['a', 'a/new']);
  });

  it('at the root hides all lower layers', () => {
    expect(paths(['a/', 'a/b', 'c'], ['.wh..wh..opq', 'd'])).toEqual(['d']);
  });

  it('makes a directory of what was none', () => {
    const merged = merge([{ path: 'a', content: 'file' }], ['a/.wh..wh..opq']);
    expect(merged.find('a')).toMatchObject({ type: 'dir', mode: 0o755, size: 0 });
    expect(merged.layerOf(0)).toBeUndefined();
  });

  it('is the only thing of its kind that counts: other .wh..wh. names are nothing', () => {
    expect(paths(['a/', 'a/b'], ['a/.wh..wh.aufs', '.wh..wh.plnk/', '.wh..wh.plnk/1'])).toEqual([
      'a',
      'a/b',
    ]);
  });
});

describe('a change of type', () => {
  it('from directory to file takes all that was in it', () => {
    expect(paths(['a/', 'a/b', 'a/c/', 'a/c/d'], ['a'])).toEqual(['a']);
  });

  it('from directory to symlink takes all that was in it', () => {
    const merged = merge(['a/', 'a/b'], [{ path: 'a', linkname: 'z' }]);
    expect([...merged.entries()]).toMatchObject([{ path: 'a', type: 'symlink', linkname: 'z' }]);
  });

  it('and back brings nothing back', () => {
    expect(paths(['a/', 'a/b'], ['a'], ['a/', 'a/c'])).toEqual(['a', 'a/c']);
  });

  it('from directory to directory keeps what is in it and takes the upper attributes', () => {
    const merged = merge(['a/', 'a/b'], [{ path: 'a/', mode: 0o1777, uid: 7, mtime: 9 }]);
    expect([...merged.entries()]).toMatchObject([
      { path: 'a', mode: 0o1777, uid: 7, mtime: 9 },
      { path: 'a/b' },
    ]);
  });

  it('comes about where an upper layer has something below what was a file or a link', () => {
    const merged = merge([{ path: 'lib', linkname: 'usr/lib' }, 'libx'], ['lib/a/b']);
    expect([...merged.entries()]).toMatchObject([
      { path: 'lib', type: 'dir', linkname: '' },
      { path: 'lib/a', type: 'dir' },
      { path: 'lib/a/b', type: 'file' },
      { path: 'libx' },
    ]);
  });

  it('does not come about where the link stands before it in the same layer: it goes where the link leads', () => {
    const merged = merge([
      'usr/lib/',
      { path: 'lib', linkname: 'usr/lib' },
      { path: 'lib/a', content: 'xx' },
      { path: 'lib/n/b', content: 'y' },
    ]);
    expect(pathsOf(merged.entries())).toEqual([
      'lib',
      'usr',
      'usr/lib',
      'usr/lib/a',
      'usr/lib/n',
      'usr/lib/n/b',
    ]);
    expect(merged.find('lib')).toMatchObject({ type: 'symlink' });
    expect(merged.contentOf('usr/lib/a').location.offset).toBe(1536);
  });

  it('and where two entries come to one path, the later counts', () => {
    const link = { path: 'lib', linkname: '/usr/lib' };
    const one = { path: 'lib/a', content: 'xx' };
    const two = { path: 'usr/lib/a', content: 'second' };
    expect(merge(['usr/lib/', link, one, two]).find('usr/lib/a')?.size).toBe(6);
    expect(merge(['usr/lib/', link, two, one]).find('usr/lib/a')?.size).toBe(2);
  });

  it('nor do links that lead in a ring take anything away', () => {
    const ring = [
      { path: 'a', linkname: 'b' },
      { path: 'b', linkname: 'a' },
    ];
    expect(paths([...ring, 'a/x'])).toEqual(['a', 'a/x', 'b']);
  });

  it('within one layer follows the order of its tar', () => {
    expect(paths(['a/', 'a/b', 'a', 'c', 'c/d'])).toEqual(['a', 'c', 'c/d']);
  });
});

describe('a directory without an entry of its own', () => {
  it('is there, with mode 493, of root and of no time', () => {
    const merged = merge(['usr/bin/tool', 'usr-x'], ['usr/lib/so']);
    expect(pathsOf(merged.entries())).toEqual([
      'usr',
      'usr-x',
      'usr/bin',
      'usr/bin/tool',
      'usr/lib',
      'usr/lib/so',
    ]);
    expect(merged.find('usr')).toEqual({
      position: 0,
      path: 'usr',
      type: 'dir',
      mode: 493,
      uid: 0,
      gid: 0,
      size: 0,
      mtime: 0,
      linkname: '',
      whiteout: false,
    });
  });

  it('keeps the attributes that a lower layer gave it', () => {
    expect(merge([{ path: 'a/', mode: 0o700 }], ['a/b']).find('a')?.mode).toBe(0o700);
  });

  it('does not keep those of a lower layer that is hidden', () => {
    const merged = merge([{ path: 'a/', mode: 0o700 }], ['.wh.a', 'a/b']);
    expect(merged.find('a')?.mode).toBe(0o755);
  });
});

describe('what was in a directory', () => {
  it('is gone where something took its place, though a directory came again', () => {
    expect(paths(['d/', 'd/a', 'd', 'd/', 'd/b'])).toEqual(['d', 'd/b']);
    expect(paths(['d/a', { path: 'd', linkname: 'x' }, 'd/'])).toEqual(['d']);
  });
});

describe('a hardlink', () => {
  it('shows as what it links to, in its own layer', () => {
    const merged = merge([
      { path: 'a', content: 'abc' },
      { ...link('b', './a'), mode: 0o600 },
    ]);
    expect(merged.find('b')).toMatchObject({ type: 'file', size: 3, linkname: '', mode: 0o600 });
    expect(merged.sizeAt(1)).toBe(3);
    expect(merged.contentOf('b').location).toEqual({ offset: 512, size: 3, storedSize: 3 });
  });

  it('may stand before its target, and link to another hardlink', () => {
    const merged = merge([link('c', 'b'), link('b', 'a'), { path: 'a', content: 'abc' }]);
    expect(merged.find('c')?.size).toBe(3);
  });

  it('may link into a lower layer', () => {
    const merged = merge([{ path: 'a', content: 'abc' }], ['x'], [link('b', 'a')]);
    expect(merged.find('b')).toMatchObject({ type: 'file', size: 3 });
    expect(merged.contentOf('b').layer).toBe(0);
    expect(merged.layerOf(1)).toBe(2);
  });

  it('keeps its content where an upper layer deletes or replaces its target', () => {
    const base = [{ path: 'a', content: 'abc' }, link('b', 'a')];
    expect(merge(base, ['.wh.a']).find('b')?.size).toBe(3);
    expect(merge(base, [{ path: 'a', content: 'longer' }]).find('b')?.size).toBe(3);
  });

  it('does not link to what was deleted before it', () => {
    const base = ['d/', { path: 'd/a', content: 'abc' }];
    for (const hide of ['d/.wh.a', '.wh.d', 'd', 'd/.wh..wh..opq', '.wh..wh..opq']) {
      expect(merge(base, [hide], [link('b', 'd/a')]).find('b')).toMatchObject({ size: 0 });
    }
  });

  it('is found through a symlink on the way, of its own layer or of a lower one', () => {
    const base = [
      'usr/lib/',
      { path: 'usr/lib/x', content: 'hello' },
      { path: 'lib', linkname: 'usr/lib' },
    ];
    const within = merge([...base, link('y', 'lib/x')]);
    expect(within.find('y')).toMatchObject({ type: 'file', size: 5 });
    const across = merge(base, [link('y', 'lib/x')]);
    expect(across.find('y')).toMatchObject({ type: 'file', size: 5 });
    expect(across.contentOf('y').layer).toBe(0);
  });

  it('keeps what it was made with, whatever comes at its target’s path later in the tar', () => {
    const first = [{ path: 'a', content: 'abc' }, link('b', 'a')];
    for (const later of [{ path: 'a', content: 'longer' }, 'a/', { path: 'a', linkname: 'x' }]) {
      const merged = merge([...first, later]);
      expect(merged.find('b')).toMatchObject({ type: 'file', size: 3, linkname: '' });
      expect(merged.contentOf('b').location).toEqual({ offset: 512, size: 3, storedSize: 3 });
    }
    const merged = merge([...first, { path: 'a', content: 'longer' }]);
    expect(merged.find('a')?.size).toBe(6);
    expect(merged.totalAt()).toBe(9);
  });

  it('means the latest before it, as the link to that link does', () => {
    const merged = merge([
      { path: 'a', content: '1' },
      link('b', 'a'),
      { path: 'a', content: '22' },
      link('c', 'a'),
      link('d', 'b'),
      { path: 'b', content: '333' },
      link('e', 'b'),
      { path: 'a', content: '4444' },
    ]);
    const sizes = ['a', 'b', 'c', 'd', 'e'].map((path) => merged.find(path)?.size);
    expect(sizes).toEqual([4, 3, 2, 1, 3]);
    expect(merged.totalAt()).toBe(4 + 3 + 2 + 1);
  });

  it('means what was at its path before by a symlink, too', () => {
    const toUsr = { path: 'lib', linkname: 'usr' };
    const merged = merge([
      'usr/',
      toUsr,
      { path: 'lib/a', content: '1' },
      link('b', 'lib/a'),
      { path: 'usr/a', content: '22' },
    ]);
    expect(merged.find('b')?.size).toBe(1);
    expect(merged.find('usr/a')?.size).toBe(2);
    const moved = merge([
      'x/',
      'y/',
      { path: 'l', linkname: 'x' },
      'l/a',
      { path: 'l', linkname: 'y' },
    ]);
    expect(pathsOf(moved.entries())).toEqual(['l', 'x', 'x/a', 'y']);
  });

  it('means what a lower layer has rather than what its own has only later', () => {
    const later = [link('b', 'a'), { path: 'a', content: 'longer' }];
    expect(merge([{ path: 'a', content: 'abc' }], later).find('b')?.size).toBe(3);
    expect(merge([{ path: 'a', content: 'abc' }], ['.wh.a', ...later]).find('b')?.size).toBe(6);
  });

  it('to nothing stays a hardlink of no size', () => {
    const merged = merge(['x', link('b', 'nowhere')]);
    expect(merged.find('b')).toMatchObject({ type: 'hardlink', linkname: 'nowhere', size: 0 });
    expect(() => merged.contentOf('b')).toThrow(/hard link to "nowhere", which is not there/);
  });

  it('in a circle stays a hardlink', () => {
    expect(merge([link('a', 'b'), link('b', 'a')]).find('a')?.type).toBe('hardlink');
  });

  it('to a symlink shows as that symlink', () => {
    const merged = merge([{ path: 's', linkname: 'x' }, link('h', 's')]);
    expect(merged.find('h')).toMatchObject({ type: 'symlink', linkname: 'x', size: 0 });
  });
});

describe('the content of a path', () => {
  it('is where the uppermost layer has it', () => {
    const merged = merge([{ path: 'a', content: '1' }], ['b', { path: 'a', content: '22' }]);
    expect(merged.contentOf('a')).toEqual({
      layer: 1,
      location: { offset: 1024, size: 2, storedSize: 2 },
    });
  });

  it.each([
    ['none', 'There is no "none".'],
    ['dir', '"dir" is a directory, not a file.'],
    ['symlink', '"symlink" is a symbolic link to "../x", not a file.'],
    ['fifo', '"fifo" is a named pipe, not a file.'],
    ['char', '"char" is a character device, not a file.'],
    ['block', '"block" is a block device, not a file.'],
  ])('is not there for %s', (path, message) => {
    const merged = merge([
      'dir/',
      { path: 'symlink', linkname: '../x' },
      { path: 'fifo', type: 'fifo' },
      { path: 'char', type: 'char' },
      { path: 'block', type: 'block' },
    ]);
    expect(() => merged.contentOf(path)).toThrow(message);
  });
});

describe('the tree of a merged filesystem', () => {
  it('says what lies in each directory', () => {
    const merged = merge(['a/', 'a/b/c', 'a-', 'd'], ['a/b/e']);
    expect(pathsOf(merged.children(''))).toEqual(['a', 'a-', 'd']);
    expect(pathsOf(merged.children('a'))).toEqual(['a/b']);
    expect(pathsOf(merged.children('a/b'))).toEqual(['a/b/c', 'a/b/e']);
    expect(pathsOf(merged.children('d'))).toEqual([]);
  });

  it('adds up what is below each directory, shared content once', () => {
    const merged = merge(
      [
        'a/',
        { path: 'a/x', content: '1234' },
        { path: 'a/b/y', content: '12' },
        link('a/h', 'a/x'),
        { path: 'gone', content: '123456' },
        link('z/1', 'gone'),
        link('z/2', 'gone'),
      ],
      ['.wh.gone'],
    );
    const total = (path: string): number => merged.totalAt(merged.positionOf(path));
    expect(total('a')).toBe(6);
    expect(total('a/b')).toBe(2);
    expect(total('a/x')).toBe(4);
    expect(total('z')).toBe(6);
    expect(merged.totalAt()).toBe(12);
  });
});

it('layers known by their tables of contents alone, which have no tar’s size, are stacked as others are', async () => {
  const toc = async (...items: Items) =>
    openLayerIndex(
      await indexToc(
        items.map((path) => {
          const header = entryOf(typeof path === 'string' ? { path } : path);
          return { header, digest: undefined, chunks: [] };
        }),
      ),
    );
  const layers = [await toc('a', 'b', 'c', 'd'), await toc('.wh.d', 'c/')];
  expect(pathsOf(mergeLayers(layers).entries())).toEqual(['a', 'b', 'c']);
  expect(mergeLayers(layers).find('c')?.type).toBe('dir');
});
