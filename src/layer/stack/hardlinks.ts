import { LIMITS } from '../../base/limits';
import { entryBefore, isReplaced } from '../index/entries-in-time';
import { hasOpaqueRoot, isMarkerKind, Kind, kindOf } from '../index/entry-columns';
import { normalizePath } from '../index/entry-path';
import type { LayerIndex } from '../index/layer-index';
import { throughLink } from './follow-links';

const SLASH = 0x2f;
/** Searches for a path in a layer that one filesystem may take: links to nothing must not cost more than all else. */
const MAX_SEARCHES = 1_000_000;
/** After all entries of a tar. */
const END = Infinity;

/** Where an entry stands: a layer, counted from the base, and a row of its `tarRows`. */
export interface LayerRow {
  readonly layer: number;
  readonly row: number;
}

/** A layer as it is when an engine comes to a place of its tar. */
interface LayerAt {
  readonly layer: number;
  readonly time: number;
}

/**
 * Finds what hardlinks link to, in their own layer and below it. As an engine makes entries in the order of the tar, a link means what was
 * at its target's path when it came; only where nothing was, in any layer, what comes there later.
 */
export class HardlinkResolver {
  readonly #layers: readonly (LayerIndex | undefined)[];
  /** Whether a layer has entries below a path that, once, is no directory. */
  readonly #conflicts = new Map<number, boolean>();
  #searches = 0;

  /** Layers that are not known yet have nothing. */
  constructor(layers: readonly (LayerIndex | undefined)[]) {
    this.#layers = layers;
  }

  /**
   * The entry that a hardlink stands for, as the filesystem was when its layer was applied: what upper layers did to the target does
   * not matter. Undefined where there is no such entry, or links lead in a circle.
   */
  resolve(link: LayerRow): LayerRow | undefined {
    let at = link;
    for (let hop = 0; hop < LIMITS.linkHops; hop++) {
      const target = this.#targetOf(at);
      if (!target) return at;
      const { layer } = at;
      const next =
        this.#find(target, { layer, time: this.#timeOf(at) }) ??
        this.#find(target, { layer, time: END });
      if (!next) return undefined;
      at = next;
    }
    return undefined;
  }

  /** True for a hardlink of which no layer has the target when it comes. */
  isEarly(link: LayerRow): boolean {
    const target = this.#targetOf(link);
    return !!target && !this.#find(target, { layer: link.layer, time: this.#timeOf(link) });
  }

  #targetOf({ layer, row }: LayerRow): Uint8Array | undefined {
    const rows = this.#layers[layer]?.tarRows;
    return rows && kindOf(rows, row) === Kind.hardlink
      ? normalizePath(rows.links.slice(row))
      : undefined;
  }

  #timeOf({ layer, row }: LayerRow): number {
    return this.#layers[layer]?.tarRows.contentOffsets[row] ?? END;
  }

  /** Links on the way are followed, as the system does that makes the hardlink. */
  #find(path: Uint8Array, from: LayerAt): LayerRow | undefined {
    let found: LayerRow | Uint8Array | undefined = path;
    for (let hop = 0; hop < LIMITS.linkHops && found instanceof Uint8Array; hop++) {
      found = this.#search(found, from);
    }
    return found instanceof Uint8Array ? undefined : found;
  }

  /** The entry of a path, or where a symlink above it leads. */
  #search(path: Uint8Array, from: LayerAt): LayerRow | Uint8Array | undefined {
    for (let layer = from.layer; layer >= 0; layer--) {
      const index = this.#layers[layer];
      if (!index) continue;
      if (this.#searches++ > MAX_SEARCHES) return undefined;
      const at = { layer, time: layer === from.layer ? from.time : END };
      const row = entryBefore(index, path, at.time);
      if (row !== undefined && !this.#isLost(index, path, { row, ...at })) return { layer, row };
      if (hasMarker(index, path)) return undefined;
      const above = this.#above(index, path, at.time);
      if (above !== undefined) return above === 'hidden' ? undefined : above;
    }
    return undefined;
  }

  /** True where something above the entry took its place before that time. */
  #isLost(index: LayerIndex, path: Uint8Array, { layer, row, time }: LayerRow & LayerAt): boolean {
    let hasConflicts = this.#conflicts.get(layer);
    if (hasConflicts === undefined) {
      hasConflicts = hasEntriesBelowOthers(index);
      this.#conflicts.set(layer, hasConflicts);
    }
    if (!hasConflicts) return false;
    const since = index.tarRows.contentOffsets[row] ?? 0;
    for (let end = path.lastIndexOf(SLASH); end > 0; end = path.lastIndexOf(SLASH, end - 1)) {
      this.#searches++;
      if (isReplaced(index, path.subarray(0, end), { since, time })) return true;
    }
    return false;
  }

  /** What a layer has above a path: nothing, a symlink and so another path, or what hides all that lower layers have at it. */
  #above(index: LayerIndex, path: Uint8Array, time: number): Uint8Array | 'hidden' | undefined {
    const { columns, tarRows } = index;
    for (let end = path.lastIndexOf(SLASH); end > 0; end = path.lastIndexOf(SLASH, end - 1)) {
      this.#searches++;
      const folder = path.subarray(0, end);
      const row = entryBefore(index, folder, time);
      const kind = row === undefined ? Kind.dir : kindOf(tarRows, row);
      if (row !== undefined && kind === Kind.symlink) {
        return throughLink(path, end, tarRows.links.slice(row));
      }
      if (kind !== Kind.dir || hasMarker(index, folder)) return 'hidden';
    }
    return hasOpaqueRoot(columns) ? 'hidden' : undefined;
  }
}

function hasMarker({ columns }: LayerIndex, path: Uint8Array): boolean {
  return columns.paths.rowsOf(path).some((row) => isMarkerKind(kindOf(columns, row)));
}

/** Few layers have. A directory that something else took the place of, or that took something else's, is the only way to it. */
function hasEntriesBelowOthers(index: LayerIndex): boolean {
  const { implied, replaced } = index;
  if (replaced.rowCount > 0) return true;
  for (let row = 0; row < implied.rowCount; row++) {
    if (entryBefore(index, implied.paths.slice(row), END) !== undefined) return true;
  }
  return false;
}
