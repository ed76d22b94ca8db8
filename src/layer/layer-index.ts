import type { Digest } from '../oci/digest';

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

/** The read side that a layer's index and a merged filesystem share. */
export interface EntryTable {
  readonly entryCount: number;
  find(path: string): LayerEntry | undefined;
  /** The entry at a position, 0 ≤ position < entryCount; throws RangeError elsewhere. */
  at(position: number): LayerEntry;
  /** Content bytes of the entry at a position: the column itself, so that sorting a large directory makes no entries. */
  sizeAt(position: number): number;
  /**
   * Positions of the entries directly in a directory, ascending (by name, bytewise): a directory of 300,000 is listed without an
   * object each. Empty for what is no directory.
   */
  childPositions(directory: string): Uint32Array;
  children(directory: string): Iterable<LayerEntry>;
  entries(): Iterable<LayerEntry>;
}

/**
 * Table of contents of one layer: built once, columnar, transferable, stored beside the blob. 300,000 entries must be cheap.
 */
export interface LayerIndex extends EntryTable {
  readonly diffId: Digest;
  /** Bytes of file content. */
  readonly unpackedSize: number;
}
