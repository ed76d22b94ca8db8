import { LIMITS } from '../../base/limits';
import { isMarkerKind, Kind, kindOf, type EntryColumns } from '../index/entry-columns';
import { normalizePath } from '../index/entry-path';
import { throughLink } from './follow-links';

const SLASH = 0x2f;
/** Searches for a path in a layer that one filesystem may take: links to nothing must not cost more than all else. */
const MAX_SEARCHES = 1_000_000;

/** Where an entry stands: a layer, counted from the base, and a row of its index. */
export interface LayerRow {
  readonly layer: number;
  readonly row: number;
}

/** Finds what hardlinks link to, in their own layer and below it. */
export class HardlinkResolver {
  readonly #layers: readonly EntryColumns[];
  #searches = 0;

  constructor(layers: readonly EntryColumns[]) {
    this.#layers = layers;
  }

  /**
   * The entry that a hardlink stands for, as the filesystem was when its layer was applied: what upper layers did to the target does
   * not matter. Undefined where there is no such entry, or links lead in a circle.
   */
  resolve(link: LayerRow): LayerRow | undefined {
    let at: LayerRow | undefined = link;
    for (let hop = 0; hop < LIMITS.linkHops && at; hop++) {
      const columns = this.#layers[at.layer];
      if (!columns || kindOf(columns, at.row) !== Kind.hardlink) return at;
      at = this.#find(normalizePath(columns.links.slice(at.row)), at.layer);
    }
    return undefined;
  }

  /** Links on the way are followed, as the system does that makes the hardlink. */
  #find(path: Uint8Array, from: number): LayerRow | undefined {
    let found: LayerRow | Uint8Array | undefined = path;
    for (let hop = 0; hop < LIMITS.linkHops && found instanceof Uint8Array; hop++) {
      found = this.#search(found, from);
    }
    return found instanceof Uint8Array ? undefined : found;
  }

  /** The entry of a path, or where a symlink above it leads. */
  #search(path: Uint8Array, from: number): LayerRow | Uint8Array | undefined {
    for (let layer = from; layer >= 0; layer--) {
      const columns = this.#layers[layer];
      if (!columns || this.#searches++ > MAX_SEARCHES) return undefined;
      const rows = columns.paths.rowsOf(path);
      const row = rows.find((candidate) => !isMarkerKind(kindOf(columns, candidate)));
      if (row !== undefined) return { layer, row };
      if (rows.length > 0) return undefined;
      const above = this.#above(columns, path);
      if (above !== undefined) return above === 'hidden' ? undefined : above;
    }
    return undefined;
  }

  /** What a layer has above a path: nothing, a symlink and so another path, or what hides all that lower layers have at it. */
  #above(columns: EntryColumns, path: Uint8Array): Uint8Array | 'hidden' | undefined {
    for (let end = path.lastIndexOf(SLASH); end > 0; end = path.lastIndexOf(SLASH, end - 1)) {
      this.#searches++;
      const rows = columns.paths.rowsOf(path.subarray(0, end));
      const link = rows.find((row) => kindOf(columns, row) === Kind.symlink);
      if (link !== undefined) return throughLink(path, end, columns.links.slice(link));
      if (rows.some((row) => kindOf(columns, row) !== Kind.dir)) return 'hidden';
    }
    return columns.rowCount > 0 && columns.paths.sizeOf(0) === 0 ? 'hidden' : undefined;
  }
}
