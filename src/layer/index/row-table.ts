import { unescapeBytes } from '../../base/bytes';
import { DirectoryTree, findParents } from './directory-tree';
import { entryOf, isMarkerKind, Kind, kindOf } from './entry-columns';
import type { EntryTable, LayerEntry } from './layer-index';
import type { RowList } from './row-list';

/** What entries show as, by position: their `Kind`, and bytes of content, 0 for all but files. */
export interface ShownColumns {
  readonly kinds: Uint8Array;
  readonly sizes: Float64Array;
}

/** Entries by position, path and directory, over a list that is sorted by path and has every directory. */
export class RowTable implements EntryTable {
  readonly entryCount: number;
  protected readonly list: RowList;
  readonly #parents: Int32Array | undefined;
  #tree: DirectoryTree | undefined;
  /** Read when it is first asked for. */
  #shownColumns: ShownColumns | undefined;

  /** `parents`, where they are known: of each item the directory that holds it, -1 for the root. */
  constructor(list: RowList, parents?: Int32Array) {
    this.list = list;
    this.#parents = parents;
    this.entryCount = list.length;
  }

  at(position: number): LayerEntry {
    return entryOf(this.list.columnsAt(position), this.list.rowAt(position), position);
  }

  sizeAt(position: number): number {
    return this.#shown.sizes[position] ?? 0;
  }

  isDirectoryAt(position: number): boolean {
    return this.#shown.kinds[position] === Kind.dir;
  }

  isMarkerAt(position: number): boolean {
    return isMarkerKind(this.#shown.kinds[position] ?? Kind.file);
  }

  find(path: string): LayerEntry | undefined {
    const position = this.positionOf(path);
    return position === undefined ? undefined : this.at(position);
  }

  childPositions(directory: string): Uint32Array {
    if (directory === '') return this.childPositionsAt();
    const position = this.positionOf(directory);
    return position === undefined ? new Uint32Array() : this.childPositionsAt(position);
  }

  childPositionsAt(position = -1): Uint32Array {
    return this.tree.childrenOf(position);
  }

  *children(directory: string): Iterable<LayerEntry> {
    for (const position of this.childPositions(directory)) yield this.at(position);
  }

  *entries(): Iterable<LayerEntry> {
    for (let position = 0; position < this.entryCount; position++) yield this.at(position);
  }

  /** Where the entry of a path stands, and only where there is none, a marker of that path. */
  positionOf(path: string): number | undefined {
    const bytes = unescapeBytes(path);
    let position = this.list.lowerBound(bytes);
    if (!this.#isAt(position, bytes)) return undefined;
    // An entry stands behind the markers of its path.
    while (this.#isAt(position + 1, bytes)) position++;
    return position;
  }

  /** Built when it is first asked for. */
  protected get tree(): DirectoryTree {
    return (this.#tree ??= new DirectoryTree(this.#parents ?? findParents(this.list)));
  }

  /** Reads what trees ask of every entry. */
  protected readShown(): ShownColumns {
    const { list, entryCount } = this;
    const kinds = new Uint8Array(entryCount);
    for (let position = 0; position < entryCount; position++) {
      kinds[position] = kindOf(list.columnsAt(position), list.rowAt(position));
    }
    return { kinds, sizes: list.sizes() };
  }

  get #shown(): ShownColumns {
    return (this.#shownColumns ??= this.readShown());
  }

  #isAt(position: number, path: Uint8Array): boolean {
    if (position >= this.list.length) return false;
    const { paths } = this.list.columnsAt(position);
    return paths.compareBytes(this.list.rowAt(position), path) === 0;
  }
}
