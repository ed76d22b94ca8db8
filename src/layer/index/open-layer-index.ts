import type { Digest } from '../../oci/digest';
import {
  entryOf,
  extrasOf,
  Kind,
  kindOf,
  locationOf,
  partOf,
  type EntryColumns,
} from './entry-columns';
import { findImpliedDirectories, withRows } from './implied-directories';
import { readIndex, type ReadIndex } from './index-format';
import type { ContentLocation, LayerEntry, LayerIndex } from './layer-index';
import { notAFile } from '../not-a-file';
import { RowList } from './row-list';
import { RowTable } from './row-table';

/** Opens an index without parsing or copying it: the buffer is the index. Throws `bad-index`. */
export function openLayerIndex(buffer: ArrayBuffer): LayerIndex {
  return new ColumnarLayerIndex(readIndex(buffer));
}

class ColumnarLayerIndex extends RowTable implements LayerIndex {
  readonly diffId: Digest | undefined;
  readonly unpackedSize: number;
  readonly tarSize: number;
  readonly replacedEntries: number;
  readonly columns: EntryColumns;
  readonly replaced: EntryColumns;
  readonly tarRows: EntryColumns;
  #implied: EntryColumns | undefined;
  #complete: CompleteTree | undefined;

  constructor({ header, columns: rows, implied }: ReadIndex) {
    const entryCount = rows.rowCount - header.replacedRows;
    const columns = partOf(rows, 0, entryCount);
    super(RowList.of(columns));
    this.columns = columns;
    this.replaced = partOf(rows, entryCount, rows.rowCount);
    this.tarRows = rows;
    this.diffId = header.diffId;
    this.unpackedSize = header.unpackedSize;
    this.tarSize = header.tarSize;
    this.replacedEntries = header.replacedEntries;
    this.#implied = implied;
  }

  get implied(): EntryColumns {
    return (this.#implied ??= findImpliedDirectories(this.columns).columns);
  }

  override at(position: number): LayerEntry {
    return position < this.entryCount ? super.at(position) : this.#tree.implied(position);
  }

  override sizeAt(position: number): number {
    return position < this.entryCount ? super.sizeAt(position) : 0;
  }

  override isDirectoryAt(position: number): boolean {
    return position >= this.entryCount || super.isDirectoryAt(position);
  }

  override isMarkerAt(position: number): boolean {
    return position < this.entryCount && super.isMarkerAt(position);
  }

  override childPositions(directory: string): Uint32Array {
    return this.#tree.childPositions(directory);
  }

  override childPositionsAt(position?: number): Uint32Array {
    return this.#tree.childPositionsOf(position);
  }

  locate(position: number): ContentLocation {
    if (kindOf(this.columns, position) === Kind.file) return locationOf(this.columns, position);
    throw notAFile(this.at(position));
  }

  xattrs(position: number): ReadonlyMap<string, Uint8Array> {
    return extrasOf(this.columns, position).xattrs;
  }

  get #tree(): CompleteTree {
    return (this.#complete ??= new CompleteTree(this.list, this.implied));
  }
}

/** The entries of a layer and, at positions behind them, the directories that it has only as part of paths. */
class CompleteTree extends RowTable {
  readonly #ownCount: number;
  /** By position; made when it is first asked for. */
  #items: Uint32Array | undefined;

  constructor(own: RowList, implied: EntryColumns) {
    super(withRows(own, implied));
    this.#ownCount = own.length;
  }

  /** Positions in the directory at an item. */
  override childPositionsAt(item?: number): Uint32Array {
    const items = super.childPositionsAt(item);
    return this.entryCount === this.#ownCount ? items : items.map((each) => this.#position(each));
  }

  /** Positions in the directory at a position. */
  childPositionsOf(position?: number): Uint32Array {
    if (position === undefined || this.entryCount === this.#ownCount) {
      return this.childPositionsAt(position);
    }
    return this.childPositionsAt(this.#itemAt(position));
  }

  implied(position: number): LayerEntry {
    const columns = this.list.sources[1];
    const row = position - this.#ownCount;
    if (columns && row < columns.rowCount) return entryOf(columns, row, position);
    throw new RangeError(`No entry at position ${position} of ${this.entryCount}.`);
  }

  #itemAt(position: number): number | undefined {
    if (!this.#items) {
      this.#items = new Uint32Array(this.entryCount);
      for (let item = 0; item < this.entryCount; item++) this.#items[this.#position(item)] = item;
    }
    return this.#items[position];
  }

  #position(item: number): number {
    const row = this.list.rowAt(item);
    return this.list.sourceOf[item] === 0 ? row : this.#ownCount + row;
  }
}
