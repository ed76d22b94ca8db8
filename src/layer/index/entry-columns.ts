import { decodeExtras, NO_EXTRAS, type EntryExtras } from './entry-extras';
import type { ContentLocation, LayerEntry, LayerEntryType } from './layer-index';
import type { NameTable } from './name-table';
import type { PathTable } from './path-table';

/**
 * Entries as columns, row by row, sorted bytewise by path with a whiteout before an opaque marker before an entry of the same path. For
 * passes over all entries; what shows one of them asks for a `LayerEntry`.
 */
export interface EntryColumns {
  readonly rowCount: number;
  /** Normalised: no leading or trailing slash. */
  readonly paths: PathTable;
  /** Targets of links, as they stand in the tar. */
  readonly links: NameTable;
  /** Bytes of content, holes included; 0 for all but files. */
  readonly sizes: Float64Array;
  /** Where stored content begins in the uncompressed tar, bytes. Grows with the order of entries in the tar. */
  readonly contentOffsets: Float64Array;
  /** Seconds since the epoch, with fraction. */
  readonly mtimes: Float64Array;
  /** XXH3-64 of a file's content: low half in even, high half in odd places. */
  readonly hashes: Uint32Array;
  readonly uids: Uint32Array;
  readonly gids: Uint32Array;
  /** Permission bits, and the kind of the row above them: see `kindOf`. */
  readonly traits: Uint32Array;
  /** One more than the offset in `extraBytes` of what only few entries have; 0 for none. */
  readonly extras: Uint32Array;
  readonly extraBytes: Uint8Array;
}

/** What a row is. The order is part of the stored format. */
export const Kind = {
  file: 0,
  dir: 1,
  symlink: 2,
  hardlink: 3,
  char: 4,
  block: 5,
  fifo: 6,
  whiteout: 7,
  opaque: 8,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

const TYPES: readonly LayerEntryType[] = [
  'file',
  'dir',
  'symlink',
  'hardlink',
  'char',
  'block',
  'fifo',
  'file',
  'opaque',
];

const KIND_SHIFT = 12;
const MODE_MASK = 0o7777;

export const KIND_COUNT = TYPES.length;

export function packTraits(kind: Kind, mode: number): number {
  return (kind << KIND_SHIFT) | (mode & MODE_MASK);
}

/** The `Kind` in packed traits. */
export function kindOfTraits(traits: number): number {
  return traits >>> KIND_SHIFT;
}

/** One of `Kind`. */
export function kindOf(columns: EntryColumns, row: number): number {
  return kindOfTraits(columns.traits[row] ?? 0);
}

export function modeOf(columns: EntryColumns, row: number): number {
  return (columns.traits[row] ?? 0) & MODE_MASK;
}

/** True for a whiteout or an opaque marker. */
export function isMarkerKind(kind: number): boolean {
  return kind >= Kind.whiteout;
}

/** A row as it is shown. */
export function entryOf(columns: EntryColumns, row: number, position: number): LayerEntry {
  const kind = kindOf(columns, row);
  return {
    position,
    path: columns.paths.text(row),
    type: TYPES[kind] ?? 'file',
    mode: modeOf(columns, row),
    uid: columns.uids[row] ?? 0,
    gid: columns.gids[row] ?? 0,
    size: columns.sizes[row] ?? 0,
    mtime: Math.floor(columns.mtimes[row] ?? 0),
    linkname: columns.links.text(row),
    whiteout: isMarkerKind(kind),
  };
}

/** Rows start ≤ x < end as columns of their own, not copied. */
export function partOf(columns: EntryColumns, start: number, end: number): EntryColumns {
  return {
    rowCount: end - start,
    paths: columns.paths.part(start, end),
    links: columns.links.part(start, end),
    sizes: columns.sizes.subarray(start, end),
    contentOffsets: columns.contentOffsets.subarray(start, end),
    mtimes: columns.mtimes.subarray(start, end),
    hashes: columns.hashes.subarray(start * 2, end * 2),
    uids: columns.uids.subarray(start, end),
    gids: columns.gids.subarray(start, end),
    traits: columns.traits.subarray(start, end),
    extras: columns.extras.subarray(start, end),
    extraBytes: columns.extraBytes,
  };
}

/** What only few entries have: sparse maps, device numbers, extended attributes. */
export function extrasOf(columns: EntryColumns, row: number): EntryExtras {
  const at = columns.extras[row] ?? 0;
  return at === 0 ? NO_EXTRAS : decodeExtras(columns.extraBytes, at - 1);
}

/** Where a file's content lies in the uncompressed tar. */
export function locationOf(columns: EntryColumns, row: number): ContentLocation {
  const size = columns.sizes[row] ?? 0;
  const { sparse, storedSize } = extrasOf(columns, row);
  const location = { offset: columns.contentOffsets[row] ?? 0, size };
  return sparse ? { ...location, storedSize, sparse } : { ...location, storedSize: size };
}

/** Whether a layer hides all that is below it: the root has no entry, so that an empty path can be an opaque marker's alone. */
export function hasOpaqueRoot({ paths, rowCount }: EntryColumns): boolean {
  return rowCount > 0 && paths.sizeOf(0) === 0;
}
