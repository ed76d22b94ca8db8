import type { TarEntry } from '../../src/codec/tar/tar-entry';
import { createXxh3 } from '../../src/codec/hash/xxh3';
import { parseDigest } from '../../src/oci/digest';
import { LayerIndexBuilder } from '../../src/layer/index/layer-index-builder';
import { openLayerIndex } from '../../src/layer/index/open-layer-index';
import type { LayerEntry, LayerIndex } from '../../src/layer/index/layer-index';
import { bytesOf, typeOf, type TarItem } from './tar-builder';

export const DIFF_ID = parseDigest(`sha256:${'5'.repeat(64)}`);

const hasher = await createXxh3();

/** The index of a layer whose tar holds these entries, made without a tar: 512 bytes a header, as if there were no pax records. */
export function layerOf(items: readonly (TarItem | string)[]): LayerIndex {
  return openLayerIndex(indexOf(items));
}

export function indexOf(items: readonly (TarItem | string)[]): ArrayBuffer {
  const builder = new LayerIndexBuilder(hasher);
  const tarSize = addItems(builder, items);
  return builder.finish({ diffId: DIFF_ID, unpackedSize: builder.unpackedSize, tarSize });
}

/** Feeds a builder as a tar reader would. Returns the size of the tar. */
export function addItems(builder: LayerIndexBuilder, items: readonly (TarItem | string)[]): number {
  let offset = 0;
  for (const given of items) {
    const item = typeof given === 'string' ? { path: given } : given;
    const content = bytesOf(item.content ?? '');
    builder.entry(entryOf(item, offset));
    if (content.length > 0) builder.content(content);
    offset += 512 + Math.ceil(content.length / 512) * 512;
  }
  return offset + 1024;
}

/** What a tar reader would say of an item. */
export function entryOf(item: TarItem, headerOffset = 0): TarEntry {
  const type = typeOf(item);
  const size = type === 'file' ? bytesOf(item.content ?? '').length : 0;
  return {
    path: bytesOf(item.path),
    type,
    mode: item.mode ?? (type === 'dir' ? 0o755 : 0o644),
    uid: item.uid ?? 0,
    gid: item.gid ?? 0,
    size,
    storedSize: size,
    contentOffset: headerOffset + 512,
    headerOffset,
    mtime: item.mtime ?? 0,
    linkname: bytesOf(item.linkname ?? ''),
    uname: '',
    gname: '',
    devMajor: item.devMajor ?? 0,
    devMinor: item.devMinor ?? 0,
    xattrs: new Map(
      Object.entries(item.xattrs ?? {}).map(([name, value]) => [name, bytesOf(value)]),
    ),
  };
}

/** Paths of a table, whiteouts as `-path`, opaque directories as `!path`. */
export function pathsOf(entries: Iterable<LayerEntry>): string[] {
  return [...entries].map(({ path, type, whiteout }) => {
    const mark = type === 'opaque' ? '!' : '-';
    return whiteout ? mark + path : path;
  });
}
