/** What an entry of a tar is. Contiguous files (type 7) are files; an unknown type is a file, as POSIX asks. */
export type TarEntryType = 'file' | 'dir' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';

/** A run of real bytes in a sparse file: at `offset` of the file, `length` bytes. The rest are zeros. */
export interface SparseRun {
  readonly offset: number;
  readonly length: number;
}

/** One entry, with long names, pax records and sparse maps already applied. */
export interface TarEntry {
  /** As it stands in the archive: raw bytes, with any leading `./`, `/` and trailing `/`. */
  readonly path: Uint8Array;
  readonly type: TarEntryType;
  /** The 12 permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of the file's content, holes included; 0 for all but files. */
  readonly size: number;
  /** Bytes of content in the archive, from `contentOffset`. Less than `size` for sparse files. */
  readonly storedSize: number;
  /** Offset of the stored content from the start of the archive, bytes. */
  readonly contentOffset: number;
  /** Offset of the first header block that belongs to this entry (its pax or long-name header, if it has one), bytes. */
  readonly headerOffset: number;
  /** Seconds since the epoch; a fraction where a pax record gives one. */
  readonly mtime: number;
  /** Target of a symlink or hardlink, raw bytes; empty otherwise. */
  readonly linkname: Uint8Array;
  readonly uname: string;
  readonly gname: string;
  readonly devMajor: number;
  readonly devMinor: number;
  /** Extended attributes by name (`security.capability`), of the SCHILY and LIBARCHIVE records. */
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
  /** Set for sparse files. */
  readonly sparse?: readonly SparseRun[];
}
