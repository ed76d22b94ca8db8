import type { SparseRun } from '../../codec/tar/tar-entry';
import type { Digest } from '../../oci/digest';
import type { EntryColumns } from './entry-columns';

/** `opaque` marks a directory of which a layer hides all that lower layers had in it. */
export type LayerEntryType =
  'file' | 'dir' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo' | 'opaque';

/** One entry of a layer or of a merged filesystem, as `drydock files` prints it and the tree shows it. */
export interface LayerEntry {
  /** Position in the index: entries are sorted by raw path bytes, a whiteout before an entry of the same path. */
  readonly position: number;
  /** No leading or trailing `/`; bytes that are not UTF-8 as `\xNN`, a backslash as `\\`. The root is ``. */
  readonly path: string;
  readonly type: LayerEntryType;
  /** The 12 permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for all but files. */
  readonly size: number;
  /** Seconds since the epoch, rounded down. */
  readonly mtime: number;
  /** Escaped like `path`; empty but for links. */
  readonly linkname: string;
  /** True for a whiteout and an opaque marker. */
  readonly whiteout: boolean;
}

/** Where the content of a file lies in a layer's uncompressed tar. Bytes. */
export interface ContentLocation {
  readonly offset: number;
  readonly storedSize: number;
  /** Of the file, holes included. */
  readonly size: number;
  readonly sparse?: readonly SparseRun[];
}

/** The read side that a layer's index and a merged filesystem share. The root has no entry. */
export interface EntryTable {
  readonly entryCount: number;
  find(path: string): LayerEntry | undefined;
  /** The entry at a position, 0 ≤ position < entryCount, or at one that `childPositions` gave; throws RangeError elsewhere. */
  at(position: number): LayerEntry;
  /** Content bytes of the entry at a position: the column itself, so that sorting a large directory makes no entries. */
  sizeAt(position: number): number;
  /** True for a directory at a position. */
  isDirectoryAt(position: number): boolean;
  /** True for a whiteout or an opaque marker at a position. */
  isMarkerAt(position: number): boolean;
  /**
   * Positions of the entries directly in a directory, by name, bytewise: a directory of 300,000 is listed without an object each.
   * Empty for what is no directory.
   */
  childPositions(directory: string): Uint32Array;
  /** As `childPositions`, of the directory at a position; of the root without one. */
  childPositionsAt(position?: number): Uint32Array;
  children(directory: string): Iterable<LayerEntry>;
  entries(): Iterable<LayerEntry>;
}

/**
 * Table of contents of one layer: built once, columnar, transferable, stored beside the blob. 300,000 entries must be cheap.
 * `entries` gives what the tar says, whiteouts included and each path once. `childPositions` and `children` also give directories that
 * are there only as part of other paths: their positions are past `entryCount`, their mode is 493.
 */
export interface LayerIndex extends EntryTable {
  /** Undefined in the index of a layer that is still being read. */
  readonly diffId: Digest | undefined;
  /** Bytes of content of all files in the tar, duplicates included: what docker counts as the size of a layer. */
  readonly unpackedSize: number;
  /** Bytes of the uncompressed tar; of a layer still being read, of what was read. */
  readonly tarSize: number;
  /** Entries of the tar that a later one of the same path replaces: the spec forbids them, docker's own store refuses them, containerd keeps the last. */
  readonly replacedEntries: number;
  /** For passes over all entries. */
  readonly columns: EntryColumns;
  /** Entries that a later one of the same path replaces, by path and as they came: hardlinks between the two still mean the earlier. */
  readonly replaced: EntryColumns;
  /** The rows of `columns`, and behind them those of `replaced`. */
  readonly tarRows: EntryColumns;
  /** Directories that are there only as part of other paths, or are something else in the same layer: see `findImpliedDirectories`. */
  readonly implied: EntryColumns;
  /** Where a file's content lies. Throws `not-a-file`. */
  locate(position: number): ContentLocation;
  /** Extended attributes by name. */
  xattrs(position: number): ReadonlyMap<string, Uint8Array>;
}
