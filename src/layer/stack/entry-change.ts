import { unescapeBytes } from '../../base/bytes';
import {
  entryOf,
  extrasOf,
  hasOpaqueRoot,
  isMarkerKind,
  Kind,
  kindOf,
} from '../index/entry-columns';
import type { LayerEntry, LayerIndex } from '../index/layer-index';
import { HardlinkResolver, type LayerRow } from './hardlinks';
import { isSameKind } from './same-entry';

/** An entry of a layer, hardlinks as what they link to, beside the one that lower layers have at its path. */
export interface EntryChange {
  /** Where that one is from, counted from the base. */
  readonly layer: number;
  readonly before: LayerEntry;
  readonly after: LayerEntry;
  /** True where both are of one type and hold the same: content, link target, or a directory's nothing. */
  readonly isSameContent: boolean;
  readonly isSameAttributes: boolean;
}

const SLASH = 0x2f;

/** Layers of an image, the base first, as far as they are known. */
type KnownLayers = readonly (LayerIndex | undefined)[];

/** Undefined where the layer has no entry at the path, where it is the first to have one, and where not all below it is known. */
export function entryChange(
  layers: KnownLayers,
  layer: number,
  path: string,
): EntryChange | undefined {
  const own = layers[layer]?.find(path);
  const lower = own && !own.whiteout ? rowBelow(layers, layer, path) : undefined;
  if (!own || !lower) return undefined;
  const resolver = new HardlinkResolver(layers);
  const before = heldBy(layers, resolver, lower);
  const after = heldBy(layers, resolver, { layer, row: own.position });
  if (!before || !after) return undefined;
  return {
    layer: lower.layer,
    before: before.entry,
    after: after.entry,
    isSameContent: isSameKind(before.entry, after.entry) && before.hash === after.hash,
    isSameAttributes: before.attributes === after.attributes,
  };
}

/** What the layers below one have at a path, as they are stacked. */
function rowBelow(layers: KnownLayers, layer: number, path: string): LayerRow | undefined {
  const bytes = unescapeBytes(path);
  for (let below = layer - 1; below >= 0; below--) {
    const index = layers[below];
    if (!index) return undefined;
    const rows = index.columns.paths.rowsOf(bytes);
    const row = rows.find((each) => !isMarkerKind(kindOf(index.columns, each)));
    if (row !== undefined) return { layer: below, row };
    if (rows.some((each) => kindOf(index.columns, each) === Kind.whiteout)) return undefined;
    if (hidesBelow(index, bytes)) return undefined;
  }
  return undefined;
}

/** True where a layer has something above a path that hides what lower ones have at it. */
function hidesBelow({ columns }: LayerIndex, path: Uint8Array): boolean {
  for (let end = path.lastIndexOf(SLASH); end > 0; end = path.lastIndexOf(SLASH, end - 1)) {
    const rows = columns.paths.rowsOf(path.subarray(0, end));
    if (rows.some((row) => kindOf(columns, row) !== Kind.dir)) return true;
  }
  return hasOpaqueRoot(columns);
}

interface HeldEntry {
  readonly entry: LayerEntry;
  /** XXH3-64 of the content. */
  readonly hash: string;
  readonly attributes: string;
}

/** An entry with the type and content of what it links to. */
function heldBy(
  layers: KnownLayers,
  resolver: HardlinkResolver,
  own: LayerRow,
): HeldEntry | undefined {
  const target = resolver.resolve(own) ?? own;
  const rows = layers[own.layer]?.tarRows;
  const targetRows = layers[target.layer]?.tarRows;
  if (!rows || !targetRows) return undefined;
  const { type, size, linkname } = entryOf(targetRows, target.row, target.row);
  return {
    entry: { ...entryOf(rows, own.row, own.row), type, size, linkname },
    hash: targetRows.hashes.subarray(target.row * 2, target.row * 2 + 2).join('/'),
    attributes: [...extrasOf(rows, own.row).xattrs]
      .map(([name, value]) => `${name}=${value.join()}`)
      .sort()
      .join(';'),
  };
}
