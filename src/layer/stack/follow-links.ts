import { concatBytes } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import { entryBefore } from '../index/entries-in-time';
import { Kind, kindOf, type EntryColumns } from '../index/entry-columns';
import { normalizePath } from '../index/entry-path';
import type { LayerIndex } from '../index/layer-index';
import { openLayerIndex } from '../index/open-layer-index';
import { PathTable } from '../index/path-table';
import { copyRows, sortRows, splitRows } from '../index/sorted-rows';

const SLASH = 0x2f;

/** Where a path leads whose first `size` bytes are a symlink to `target`. Never out of the root. */
export function throughLink(path: Uint8Array, size: number, target: Uint8Array): Uint8Array {
  const slash = path.lastIndexOf(SLASH, size - 1);
  const folder = target[0] === SLASH ? path.subarray(0, 0) : path.subarray(0, Math.max(0, slash));
  return normalizePath(concatBytes([folder, Uint8Array.of(SLASH), target, path.subarray(size)]));
}

/** Of each layer, once it has been made. */
const placed = new WeakMap<LayerIndex, LayerIndex>();

/**
 * A layer with its entries where an engine puts them: what its tar has below a symlink that came before goes where the link leads. Layers
 * in which nothing does are given back as they are. Links of lower layers are not followed: see `mergeLayers`.
 */
export function followLinks(layer: LayerIndex): LayerIndex {
  const known = placed.get(layer);
  if (known) return known;
  const made = place(layer);
  placed.set(layer, made);
  return made;
}

function place(layer: LayerIndex): LayerIndex {
  const { columns, replaced } = layer;
  const moved = new Map<number, Uint8Array>();
  for (const link of linksWithEntries(layer)) {
    const earlier = rowsBelow(replaced, link).map((row) => columns.rowCount + row);
    for (const row of [...rowsBelow(columns, link), ...earlier]) {
      const path = placeOf(layer, row);
      if (path) moved.set(row, path);
    }
  }
  return moved.size === 0 ? layer : withPaths(layer, moved);
}

/** Paths of symlinks that have entries below them, or may have: of those that something took the place of. */
function linksWithEntries({ columns, implied, replaced }: LayerIndex): readonly Uint8Array[] {
  const links: Uint8Array[] = [];
  for (let row = 0; row < implied.rowCount; row++) {
    const path = implied.paths.slice(row);
    const rows = columns.paths.rowsOf(path);
    if (rows.some((link) => kindOf(columns, link) === Kind.symlink)) links.push(path);
  }
  for (let row = 0; row < replaced.rowCount; row++) {
    if (kindOf(replaced, row) === Kind.symlink) links.push(replaced.paths.slice(row));
  }
  return links;
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
function placeOf(layer: LayerIndex, row: number): Uint8Array | undefined {
  const { tarRows } = layer;
  let path = tarRows.paths.slice(row);
  for (let hop = 0; hop < LIMITS.linkHops; hop++) {
    const next = step(layer, path, tarRows.contentOffsets[row] ?? 0);
    if (!next) return hop === 0 ? undefined : path;
    path = next;
  }
  return undefined;
}

/** The path through the first link on its way that is there at `offset`. */
function step(layer: LayerIndex, path: Uint8Array, offset: number): Uint8Array | undefined {
  const { tarRows } = layer;
  for (let end = path.indexOf(SLASH); end > 0; end = path.indexOf(SLASH, end + 1)) {
    const link = entryBefore(layer, path.subarray(0, end), offset);
    if (link !== undefined && kindOf(tarRows, link) === Kind.symlink) {
      return throughLink(path, end, tarRows.links.slice(link));
    }
  }
  return undefined;
}

function withPaths(layer: LayerIndex, moved: ReadonlyMap<number, Uint8Array>): LayerIndex {
  const { tarRows, diffId, unpackedSize, tarSize, replacedEntries } = layer;
  const names: Uint8Array[] = [];
  const starts = new Uint32Array(tarRows.rowCount + 1);
  for (let row = 0; row < tarRows.rowCount; row++) {
    const name = moved.get(row) ?? tarRows.paths.slice(row);
    names.push(name);
    starts[row + 1] = (starts[row] ?? 0) + name.length;
  }
  const paths = new PathTable(concatBytes(names), starts, new Uint16Array());
  const placed = { ...tarRows, paths };
  // The root has no entry.
  const order = names.flatMap((name, row) =>
    name.length > 0 || isOpaque(tarRows, row) ? [row] : [],
  );
  sortRows(order, placed);
  const header = { diffId, unpackedSize, tarSize, replacedEntries };
  return openLayerIndex(copyRows(placed, splitRows(order, placed), header).buffer);
}

function isOpaque(columns: EntryColumns, row: number): boolean {
  return kindOf(columns, row) === Kind.opaque;
}
