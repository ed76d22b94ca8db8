import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/base/limits';
import { createXxh3 } from '../../../src/codec/hash/xxh3';
import { LayerIndexBuilder } from '../../../src/layer/index/layer-index-builder';
import { openLayerIndex } from '../../../src/layer/index/open-layer-index';
import { addItems, DIFF_ID, entryOf, indexOf, layerOf, pathsOf } from '../../support/layer-of';

describe('the index of a layer', () => {
  it('says of each entry what the tar says', () => {
    const layer = layerOf([
      {
        path: './etc/passwd',
        content: 'root:x:0:0',
        mode: 0o4755,
        uid: 1000,
        gid: 4_000_000_000,
        mtime: 1_700_000_000.75,
      },
    ]);
    expect([...layer.entries()]).toEqual([
      {
        position: 0,
        path: 'etc/passwd',
        type: 'file',
        mode: 0o4755,
        uid: 1000,
        gid: 4_000_000_000,
        size: 10,
        mtime: 1_700_000_000,
        linkname: '',
        whiteout: false,
      },
    ]);
    expect(layer.diffId).toBe(DIFF_ID);
    expect(layer.unpackedSize).toBe(10);
    expect(layer.tarSize).toBe(2048);
  });

  it('rounds a time before the epoch down', () => {
    expect(layerOf([{ path: 'a', mtime: -1.5 }]).at(0).mtime).toBe(-2);
  });

  it('lists entries by the bytes of their paths, whatever their order in the tar', () => {
    const layer = layerOf(['b', 'a/c', 'a-b', 'a/', 'a.b', 'ä', 'a/B']);
    expect(pathsOf(layer.entries())).toEqual(['a', 'a-b', 'a.b', 'a/B', 'a/c', 'b', 'ä']);
  });

  it('puts a whiteout before an opaque marker before an entry of the same path', () => {
    const layer = layerOf(['a/', 'a/.wh..wh..opq', '.wh.a']);
    expect(pathsOf(layer.entries())).toEqual(['-a', '!a', 'a']);
    expect(layer.at(0)).toMatchObject({ path: 'a', type: 'file', size: 0, whiteout: true });
    expect(layer.at(1)).toMatchObject({ path: 'a', type: 'opaque', whiteout: true });
  });

  it('shows an opaque root as the empty path', () => {
    expect(layerOf(['.wh..wh..opq', 'a']).at(0)).toMatchObject({ path: '', type: 'opaque' });
  });

  it('keeps the last of duplicate paths, and counts the content of all', () => {
    const layer = layerOf([
      { path: 'a', content: 'first' },
      { path: 'b' },
      { path: './a', content: 'second!' },
      '.wh.c',
      '.wh.c',
    ]);
    expect(pathsOf(layer.entries())).toEqual(['a', 'b', '-c']);
    expect(layer.sizeAt(0)).toBe(7);
    expect(layer.unpackedSize).toBe(12);
    expect(layer.replacedEntries).toBe(2);
  });

  it('counts no entry as replaced that is a whiteout’s, another’s or the root’s', () => {
    const layer = layerOf(['./', './', '.wh.a', 'a/', 'a/.wh..wh..opq', 'ab', 'a/b']);
    expect(layer.replacedEntries).toBe(0);
  });

  it('keeps what was at a path before, apart from its entries, as it came', () => {
    const layer = layerOf([
      { path: 'b', content: '1' },
      { path: 'a', content: '22' },
      '.wh.a',
      { path: 'a', content: '333' },
      { path: 'b', linkname: 'x' },
      { path: 'a', content: '4444' },
      '.wh.a',
    ]);
    const { replaced, tarRows } = layer;
    const rows = [...Array(replaced.rowCount).keys()];
    expect(rows.map((row) => [replaced.paths.text(row), replaced.sizes[row]])).toEqual([
      ['a', 2],
      ['a', 3],
      ['b', 1],
    ]);
    expect(layer.entryCount).toBe(3);
    expect([...tarRows.sizes]).toEqual([0, 4, 0, 2, 3, 1]);
  });

  it('leaves out the root, other .wh..wh. names and whiteouts of no name', () => {
    expect(pathsOf(layerOf(['./', '.wh..wh.plnk/1', '.wh.', 'a']).entries())).toEqual(['a']);
  });

  it('lists the helper entries of eStargz', () => {
    const helpers = ['.no.prefetch.landmark', '.prefetch.landmark', 'stargz.index.json'];
    expect(pathsOf(layerOf(helpers).entries())).toEqual(helpers);
  });

  it('escapes bytes that are not UTF-8, and finds by the escaped path', () => {
    const layer = layerOf([{ path: Uint8Array.of(0x61, 0xff, 0x5c) }]);
    expect(layer.at(0).path).toBe(String.raw`a\xff\\`);
    expect(layer.find(String.raw`a\xff\\`)?.position).toBe(0);
  });

  it('keeps the targets of links as they stand', () => {
    const layer = layerOf([
      { path: 'l', linkname: '../x//y' },
      { path: 'h', type: 'hardlink', linkname: './x' },
    ]);
    expect(layer.find('l')).toMatchObject({ type: 'symlink', linkname: '../x//y' });
    expect(layer.find('h')).toMatchObject({ type: 'hardlink', linkname: './x', size: 0 });
  });

  it('finds an entry, else a whiteout of the path, else nothing', () => {
    const layer = layerOf(['.wh.a', 'a', '.wh.b']);
    expect(layer.find('a')?.whiteout).toBe(false);
    expect(layer.find('b')?.whiteout).toBe(true);
    expect(layer.find('c')).toBeUndefined();
    expect(layer.find('')).toBeUndefined();
  });

  it('throws RangeError for a position outside', () => {
    expect(() => layerOf(['a']).at(1)).toThrow(RangeError);
    expect(() => layerOf(['a']).at(-1)).toThrow(RangeError);
  });

  it('is empty where the tar is', () => {
    expect(layerOf([]).entryCount).toBe(0);
    expect([...layerOf([]).children('')]).toEqual([]);
  });
});

describe('the directories of a layer', () => {
  it('hold what lies directly in them', () => {
    const layer = layerOf(['a/', 'a-b', 'a/c/', 'a/c/d', 'a/e', 'b/', 'b/f']);
    expect(pathsOf(layer.children(''))).toEqual(['a', 'a-b', 'b']);
    expect(pathsOf(layer.children('a'))).toEqual(['a/c', 'a/e']);
    expect(pathsOf(layer.children('a/c'))).toEqual(['a/c/d']);
    expect(pathsOf(layer.children('a/e'))).toEqual([]);
    expect(pathsOf(layer.children('nowhere'))).toEqual([]);
  });

  it('are there where they are only part of paths, at positions behind all entries', () => {
    const layer = layerOf(['usr/local/bin/tool', 'usr-merge', 'etc/.wh.x']);
    expect(pathsOf(layer.entries())).toEqual(['-etc/x', 'usr-merge', 'usr/local/bin/tool']);
    expect(pathsOf(layer.children(''))).toEqual(['etc', 'usr', 'usr-merge']);
    expect(pathsOf(layer.children('usr/local/bin'))).toEqual(['usr/local/bin/tool']);
    expect(pathsOf(layer.children('etc'))).toEqual(['-etc/x']);
    const [etc = -1, usr = -1] = layer.childPositions('');
    expect([etc, usr]).toEqual([3, 4]);
    expect(layer.at(usr)).toMatchObject({ path: 'usr', type: 'dir', mode: 0o755, mtime: 0 });
    expect(layer.sizeAt(usr)).toBe(0);
    expect(() => layer.at(7)).toThrow(RangeError);
  });

  it.each([
    ['has them all', ['a/', 'a/b/', 'a/b/c', 'a-b', '.wh.x', 'd/', 'd/.wh..wh..opq']],
    ['has none of them', ['a/b/c', 'a/b/d', 'a-b', 'x/.wh.y', '.wh.x']],
  ])('are found by position as by path, where the tar %s', (_, items) => {
    const layer = layerOf(items);
    let directories = 0;
    const visit = (path: string, position?: number): void => {
      directories++;
      expect(layer.childPositionsAt(position), path).toEqual(layer.childPositions(path));
      for (const child of layer.childPositionsAt(position)) {
        const entry = layer.at(child);
        expect(layer.isDirectoryAt(child)).toBe(entry.type === 'dir');
        expect(layer.isMarkerAt(child)).toBe(entry.whiteout);
        if (layer.isDirectoryAt(child)) visit(entry.path, child);
      }
    };
    visit('');
    expect(directories).toBe(4);
  });

  it('hold whiteouts, and what came in place of what is hidden', () => {
    const layer = layerOf(['.wh.a', 'a/', 'a/b', 'a/.wh..wh..opq']);
    expect(pathsOf(layer.children(''))).toEqual(['-a', '!a', 'a']);
    expect(pathsOf(layer.children('a'))).toEqual(['a/b']);
  });
});

describe('what an index knows of content', () => {
  it('is where it lies in the tar', () => {
    const layer = layerOf([
      { path: 'a', content: 'x'.repeat(600) },
      { path: 'b', content: 'yy' },
    ]);
    expect(layer.locate(1)).toEqual({ offset: 2048, storedSize: 2, size: 2 });
  });

  it('is nothing for what is no file', () => {
    expect(() => layerOf(['a/']).locate(0)).toThrow('"a" is a directory, not a file.');
  });

  it('is the runs of a sparse file', async () => {
    const builder = new LayerIndexBuilder(await createXxh3());
    const sparse = [{ offset: 4096, length: 3 }];
    builder.entry({ ...entryOf({ path: 's' }), size: 10_000_000_000, storedSize: 3, sparse });
    builder.content(Uint8Array.of(1, 2, 3));
    const layer = openLayerIndex(builder.finish({ diffId: DIFF_ID, unpackedSize: 0, tarSize: 0 }));
    expect(layer.locate(0)).toEqual({ offset: 512, storedSize: 3, size: 10_000_000_000, sparse });
  });

  it('is the same sum for the same content, another for another, across layers', () => {
    const hashes = (path: string, content: string): number[] => [
      ...layerOf([{ path, content }]).columns.hashes,
    ];
    expect(hashes('a', 'same')).toEqual(hashes('z/b', 'same'));
    expect(hashes('a', 'same')).not.toEqual(hashes('a', 'othr'));
  });
});

describe('extended attributes', () => {
  it('are kept in bytes, and once where many entries share them', () => {
    const label = { 'security.selinux': 'system_u:object_r:bin_t:s0' };
    const capability = Uint8Array.of(1, 0, 0, 2, 0, 10, 61, 0);
    const layer = layerOf([
      { path: 'a', xattrs: label },
      { path: 'b', xattrs: { ...label, 'security.capability': capability } },
      { path: 'c' },
      { path: 'd', xattrs: label },
    ]);
    expect(layer.xattrs(1).get('security.capability')).toEqual(capability);
    expect(layer.xattrs(1).size).toBe(2);
    expect(layer.xattrs(2).size).toBe(0);
    expect(layer.columns.extras[0]).toBe(layer.columns.extras[3]);
    expect(layer.xattrs(3)).toEqual(layer.xattrs(0));
  });
});

describe('an index that is opened', () => {
  it('is the buffer itself, which may have been stored or transferred', () => {
    const buffer = structuredClone(indexOf(['a/', { path: 'a/b', content: 'x' }]));
    const layer = openLayerIndex(buffer);
    expect(layer.columns.sizes.buffer).toBe(buffer);
    expect(pathsOf(layer.entries())).toEqual(['a', 'a/b']);
  });

  it('is refused where any of it is cut off, or it is of another version', () => {
    const buffer = indexOf(['a/', { path: 'a/b', content: 'x' }]);
    for (let size = 0; size < buffer.byteLength; size++) {
      expect(() => openLayerIndex(buffer.slice(0, size))).toThrow(/cannot be used/);
    }
    new DataView(buffer).setUint32(84, 3, true);
    expect(() => openLayerIndex(buffer)).toThrow(/fewer rows/);
    new DataView(buffer).setUint32(4, 99, true);
    expect(() => openLayerIndex(buffer)).toThrow(/version 99/);
  });

  it('is refused where its columns point outside it', () => {
    const buffer = indexOf(['a/', { path: 'a/b', content: 'x' }]);
    const { columns } = openLayerIndex(buffer);
    columns.extras[1] = 1000;
    expect(() => openLayerIndex(buffer)).toThrow(/row 1 points outside/);
    columns.extras[1] = 0;
    columns.traits[0] = 0xffffffff;
    expect(() => openLayerIndex(buffer)).toThrow(/row 0 is of no known kind/);
    columns.traits[0] = 0;
    columns.paths.starts[1] = 1000;
    expect(() => openLayerIndex(buffer)).toThrow(/names/);
  });

  it('has the directories that it implies, as they are found in one that has them not', async () => {
    const builder = new LayerIndexBuilder(await createXxh3());
    addItems(builder, ['z/.wh.gone', 'a/b/c', 'a/b/d', 'opaque/.wh..wh..opq', 'file/under']);
    const header = { diffId: DIFF_ID, unpackedSize: 0, tarSize: 1024 };
    const bare = openLayerIndex(builder.snapshot(header));
    const buffer = builder.finish(header);
    const { implied } = openLayerIndex(buffer);
    expect(implied.sizes.buffer).toBe(buffer);
    expect(implied).toEqual(bare.implied);
    expect(implied.rowCount).toBe(5);
  });

  it('is refused where what it implies is not in it', () => {
    const buffer = indexOf(['a/b']);
    for (const at of [4, 12, buffer.byteLength - 8, buffer.byteLength, 0xfffffff8]) {
      new DataView(buffer).setUint32(44, at, true);
      expect(() => openLayerIndex(buffer)).toThrow(/cannot be used/);
    }
  });
});

describe('the index of a layer that is being read', () => {
  it('says what has come so far, and goes on', async () => {
    const builder = new LayerIndexBuilder(await createXxh3());
    addItems(builder, ['b', 'a']);
    const partial = { diffId: undefined, unpackedSize: 0, tarSize: 1024 };
    const first = openLayerIndex(builder.snapshot(partial));
    addItems(builder, ['a/c', { path: 'b', content: 'now' }]);
    const whole = openLayerIndex(builder.finish({ ...partial, diffId: DIFF_ID }));
    expect(pathsOf(first.entries())).toEqual(['a', 'b']);
    expect(first.diffId).toBeUndefined();
    expect(pathsOf(whole.entries())).toEqual(['a', 'a/c', 'b']);
    expect(whole.find('b')?.size).toBe(3);
  });

  it('is refused past the limits of entries and of paths', async () => {
    expect(LIMITS).toMatchObject({ layerEntries: 2_000_000, layerNameBytes: 256 * 1024 * 1024 });
    const limits = { layerEntries: 3, layerNameBytes: 10 };
    const few = new LayerIndexBuilder(await createXxh3(), limits);
    addItems(few, ['a', 'b', 'c']);
    expect(() => addItems(few, ['d'])).toThrow('The layer has more than 3 entries');
    const short = new LayerIndexBuilder(await createXxh3(), limits);
    addItems(short, ['12345', '67890']);
    expect(() => addItems(short, ['1'])).toThrow('The layer has more than 10 bytes of paths');
  });
});
