import { concatBytes } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import { Kind, kindOf, type EntryColumns } from '../index/entry-columns';
import { normalizePath } from '../index/entry-path';
import type { LayerIndex } from '../index/layer-index';
import { openLayerIndex } from '../index/open-layer-index';
import { PathTable } from '../index/path-table';
import { copyRows, lastOfEach, sortRows } from '../index/sorted-rows';

const SLASH = 0x2f;

/** Where a path leads whose first `size` bytes are a symlink to `target`. Never out of the root. */
export function throughLink(path: Uint8Array, size: number, target: Uint8Array): Uint8Array {
  const slash = path.lastIndexOf(SLASH, size - 1);
  const folder = target[0] === SLASH ? path.subarray(0, 0) : path.subarray(0, Math.max(0, slash));
  return normalizePath(concatBytes([folder, Uint8Array.of(SLASH), target, path.subarray(size)]));
}

/**
 * A layer with its entries where an engine puts them: what its tar has below a symlink that came before goes where the link leads. Layers
 * in which nothing does are given back as they are. Links of lower layers are not followed: see `mergeLayers`.
 */
export function followLinks(layer: LayerIndex): LayerIndex {
  const { columns } = layer;
  const moved = new Map<number, Uint8Array>();
  for (const link of linksWithEntries(layer)) {
    for (const row of rowsBelow(columns, columns.paths.slice(link))) {
      const path = placeOf(columns, row);
      if (path) moved.set(row, path);
    }
  }
  return moved.size === 0 ? layer : withPaths(layer, moved);
}

/** Rows of symlinks that have entries below their paths. */
function linksWithEntries({ columns, implied }: LayerIndex): readonly number[] {
  const links: number[] = [];
  for (let row = 0; row < implied.rowCount; row++) {
    const link = linkAt(columns, implied.paths.slice(row));
    if (link !== undefined) links.push(link);
  }
  return links;
}

function linkAt(columns: EntryColumns, path: Uint8Array): number | undefined {
  return columns.paths.rowsOf(path).find((row) => kindOf(columns, row) === Kind.symlink);
}

function rowsBelow({ paths, rowCount }: EntryColumns, folder: Uint8Array): readonly number[] {
  const prefix = concatBytes([folder, Uint8Array.of(SLASH)]);
  const rows: number[] = [];
  const isBelow = (row: number): boolean =>
    prefix.every((byte, at) => paths.bytes[(paths.starts[row] ?? 0) + at] === byte) &&
    paths.sizeOf(row) > prefix.length;
  for (let row = paths.lowerBound(prefix); row < rowCount && isBelow(row); row++) rows.push(row);
  return rows;
}

/** Where the links before it in the tar lead an entry; undefined where none does, and where they lead in a circle. */
function placeOf(columns: EntryColumns, row: number): Uint8Array | undefined {
  let path = columns.paths.slice(row);
  for (let hop = 0; hop < LIMITS.linkHops; hop++) {
    const next = step(columns, path, columns.contentOffsets[row] ?? 0);
    if (!next) return hop === 0 ? undefined : path;
    path = next;
  }
  return undefined;
}

/** The path through the first link on its way that stands before `offset`. */
function step(columns: EntryColumns, path: Uint8Array, offset: number): Uint8Array | undefined {
  for (let end = path.indexOf(SLASH); end > 0; end = path.indexOf(SLASH, end + 1)) {
    const link = linkAt(columns, path.subarray(0, end));
    if (link !== undefined && (columns.contentOffsets[link] ?? 0) < offset) {
      return throughLink(path, end, columns.links.slice(link));
    }
  }
  return undefined;
}

function withPaths(layer: LayerIndex, moved: ReadonlyMap<number, Uint8Array>): LayerIndex {
  const { columns, diffId, unpackedSize, tarSize, replacedEntries, earlyLinks } = layer;
  const names: Uint8Array[] = [];
  const starts = new Uint32Array(columns.rowCount + 1);
  for (let row = 0; row < columns.rowCount; row++) {
    const name = moved.get(row) ?? columns.paths.slice(row);
    names.push(name);
    starts[row + 1] = (starts[row] ?? 0) + name.length;
  }
  const paths = new PathTable(concatBytes(names), starts, new Uint16Array());
  const placed = { ...columns, paths };
  // The root has no entry.
  const order = names.flatMap((name, row) =>
    name.length > 0 || isOpaque(columns, row) ? [row] : [],
  );
  sortRows(order, placed);
  const rows = lastOfEach(order, placed);
  const header = { diffId, unpackedSize, tarSize, replacedEntries, earlyLinks };
  return openLayerIndex(copyRows(placed, rows, header).buffer);
}

function isOpaque(columns: EntryColumns, row: number): boolean {
  return kindOf(columns, row) === Kind.opaque;
}
