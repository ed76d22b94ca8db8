import {
  entryOf,
  extrasOf,
  Kind,
  kindOf,
  locationOf,
  type EntryColumns,
} from '../index/entry-columns';
import { LayerError } from '../errors';
import { HardlinkResolver, type LayerRow } from './hardlinks';
import type { ContentLocation, LayerEntry, LayerIndex } from '../index/layer-index';
import { notAFile } from '../not-a-file';
import type { RowList } from '../index/row-list';
import { RowTable, type ShownColumns } from '../index/row-table';

/** A file's content: the layer that holds it, counted from the base, and where in its uncompressed tar. */
export interface LayerContent {
  readonly layer: number;
  readonly location: ContentLocation;
}

/**
 * What a container sees: layers stacked, whiteouts applied, every directory there. A hardlink shows as what it links to; one whose target is
 * nowhere, with which an engine would refuse the image, stays a hardlink of no size.
 */
export class MergedFilesystem extends RowTable {
  readonly layers: readonly LayerIndex[];
  readonly #links: Hardlinks;
  #totals: Float64Array | undefined;

  /** `parents`: of each item the directory that holds it, -1 for the root. */
  constructor(layers: readonly LayerIndex[], list: RowList, parents: Int32Array) {
    super(list, parents);
    this.layers = layers;
    this.#links = new Hardlinks(layers, list);
  }

  override at(position: number): LayerEntry {
    const entry = super.at(position);
    const target = this.#links.targetOf(position);
    if (!target) return entry;
    const { type, size, linkname } = entryOf(this.#rowsOf(target), target.row, position);
    return { ...entry, type, size, linkname };
  }

  /** The layer that an entry comes from, counted from the base; undefined for a directory that no layer has an entry for. */
  layerOf(position: number): number | undefined {
    const source = this.list.sourceOf[position] ?? 0;
    return source < this.layers.length ? source : undefined;
  }

  /** All layers that say something of a path, whiteouts included, counted from the base. */
  layersWith(path: string): number[] {
    return this.layers.flatMap((layer, i) => (layer.find(path) ? [i] : []));
  }

  /** Where a file's content is; hardlinks are followed, symlinks are not. Throws `not-a-file`. */
  contentAt(position: number): LayerContent {
    const { layer, columns, row } = this.#holderOf(position);
    if (kindOf(columns, row) === Kind.file) return { layer, location: locationOf(columns, row) };
    throw notAFile(this.at(position));
  }

  /** XXH3-64 of a file's content, its low half first; hardlinks are followed. Zeros for what is no file. */
  hashAt(position: number): readonly [number, number] {
    const { columns, row } = this.#holderOf(position);
    return [columns.hashes[row * 2] ?? 0, columns.hashes[row * 2 + 1] ?? 0];
  }

  /** As `contentAt`, of a path. Throws `no-such-path` and `not-a-file`. */
  contentOf(path: string): LayerContent {
    const position = this.positionOf(path);
    if (position !== undefined) return this.contentAt(position);
    throw new LayerError('no-such-path', `There is no "${path}".`, { detail: { path } });
  }

  /** Extended attributes by name. */
  xattrs(position: number): ReadonlyMap<string, Uint8Array> {
    return extrasOf(this.list.columnsAt(position), this.list.rowAt(position)).xattrs;
  }

  /**
   * Bytes of content of an entry and of all that is below it, of the whole filesystem without a position. What several hardlinks share
   * counts once.
   */
  totalAt(position?: number): number {
    this.#totals ??= this.tree.totals(this.#links.ownSizes());
    return this.#totals[position ?? this.entryCount] ?? 0;
  }

  protected override readShown(): ShownColumns {
    const shown = super.readShown();
    for (const [position, target] of this.#links.targets) {
      const columns = this.#rowsOf(target);
      shown.kinds[position] = kindOf(columns, target.row);
      shown.sizes[position] = columns.sizes[target.row] ?? 0;
    }
    return shown;
  }

  /** The row that an entry's content is of. */
  #holderOf(position: number): LayerRow & { readonly columns: EntryColumns } {
    const target = this.#links.targetOf(position);
    if (target) return { ...target, columns: this.#rowsOf(target) };
    const layer = this.list.sourceOf[position] ?? 0;
    return { layer, row: this.list.rowAt(position), columns: this.list.columnsAt(position) };
  }

  #rowsOf({ layer }: LayerRow): EntryColumns {
    const index = this.layers[layer];
    if (!index) throw new RangeError(`No layer ${layer} of ${this.layers.length}.`);
    return index.tarRows;
  }
}

/** What the hardlinks of a merged filesystem link to. */
class Hardlinks {
  readonly #list: RowList;
  readonly #layers: readonly LayerIndex[];
  #targets: ReadonlyMap<number, LayerRow> | undefined;

  constructor(layers: readonly LayerIndex[], list: RowList) {
    this.#layers = layers;
    this.#list = list;
  }

  /** Undefined for what is no hardlink, and for one whose target is nowhere. */
  targetOf(position: number): LayerRow | undefined {
    return this.targets.get(position);
  }

  /** By position. */
  get targets(): ReadonlyMap<number, LayerRow> {
    return (this.#targets ??= this.#resolveAll());
  }

  /** Bytes of each item's own content, what several share for one of them alone. */
  ownSizes(): Float64Array {
    const sizes = this.#list.sizes();
    const counted = new Set<string>();
    for (const [position, { layer, row }] of this.targets) {
      const columns = this.#layers[layer]?.tarRows;
      const key = `${layer}/${row}`;
      if (!columns || counted.has(key)) continue;
      counted.add(key);
      if (!this.#isVisible(columns, { layer, row })) sizes[position] = columns.sizes[row] ?? 0;
    }
    return sizes;
  }

  /** True where the entry is in the filesystem under its own path. */
  #isVisible({ paths }: EntryColumns, { layer, row }: LayerRow): boolean {
    const item = this.#list.lowerBound(paths.slice(row));
    return this.#list.sourceOf[item] === layer && this.#list.rows[item] === row;
  }

  #resolveAll(): Map<number, LayerRow> {
    const resolver = new HardlinkResolver(this.#layers);
    const targets = new Map<number, LayerRow>();
    for (let position = 0; position < this.#list.length; position++) {
      const row = this.#list.rowAt(position);
      if (kindOf(this.#list.columnsAt(position), row) !== Kind.hardlink) continue;
      const target = resolver.resolve({ layer: this.#list.sourceOf[position] ?? 0, row });
      if (target) targets.set(position, target);
    }
    return targets;
  }
}
