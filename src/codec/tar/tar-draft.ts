import { escapeBytes } from '../../base/bytes';
import { LIMITS } from '../../base/limits';
import { badTar, limitExceeded, type Place } from '../errors';
import { decimal, paxXattrs } from './pax';
import { checkSparseRuns, checkSparseSize, parseSparseList } from './sparse-map';
import type { SparseRun, TarEntry, TarEntryType } from './tar-entry';
import type { Extensions } from './tar-extensions';
import type { TarHeader } from './tar-header';

/** Where the map of a sparse file stands. */
export type SparseSource = 'none' | 'header' | 'list' | 'content';

/** An entry as its headers say it. That of a sparse file lacks its map, and is finished by `sparseEntry`. */
export interface TarDraft {
  readonly entry: TarEntry;
  /** Bytes of data that follow the header: content, and a map of pax 1.0. */
  readonly dataSize: number;
  readonly sparseSource: SparseSource;
  /** The map of `sparseSource` `list`. */
  readonly runs: readonly SparseRun[];
}

const TYPES: Readonly<Record<string, TarEntryType>> = {
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'dir',
  '6': 'fifo',
  // GNU tar's incremental dumps: a directory, with a list of names as its data.
  D: 'dir',
};

const SLASH = 0x2f;
const NO_BYTES = new Uint8Array();
const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();

/** The start of an entry, and the end of its header. */
export interface HeaderPlace extends Place {
  readonly contentOffset: number;
}

/** Applies to a header what was said before it. Throws `bad-tar` and `limit-exceeded`. */
export function draftEntry(
  header: TarHeader,
  extensions: Extensions,
  place: HeaderPlace,
): TarDraft {
  const { records } = extensions;
  const sparse = sparseOf(header, extensions, place);
  const path = sparse.name ?? extensions.longName ?? records.get('path') ?? header.name;
  const linkname = extensions.longLinkname ?? records.get('linkpath') ?? header.linkname;
  checkLength(path, 'a path', place);
  checkLength(linkname, 'a link target', place);
  const type = typeOf(header, path);
  const number = (key: string): number | undefined => integerRecord(records, key, place);
  const dataSize = hasData(header, type) ? (number('size') ?? header.size) : 0;
  const entry = {
    path,
    type,
    mode: header.mode & 0o7777,
    uid: number('uid') ?? header.uid,
    gid: number('gid') ?? header.gid,
    size: type === 'file' ? (sparse.size ?? dataSize) : 0,
    // The data of a directory of GNU's incremental dumps is no content.
    storedSize: type === 'file' ? dataSize : 0,
    contentOffset: place.contentOffset,
    headerOffset: place.offset,
    mtime: timeRecord(records, place) ?? header.mtime,
    linkname: type === 'symlink' || type === 'hardlink' ? linkname : NO_BYTES,
    uname: textRecord(records, 'uname') ?? header.uname,
    gname: textRecord(records, 'gname') ?? header.gname,
    devMajor: header.devMajor,
    devMinor: header.devMinor,
    xattrs: records.size > 0 ? paxXattrs(records) : NO_XATTRS,
  };
  return { entry, dataSize, sparseSource: sparse.source, runs: sparse.runs };
}

/** What the map of a sparse file says, and where its content begins. */
export interface SparseContent {
  readonly runs: readonly SparseRun[];
  /** Bytes with the holes, where the map says it and no record does. */
  readonly size?: number | undefined;
  readonly storedSize: number;
  readonly contentOffset: number;
}

/** The finished entry of a sparse file. Throws `bad-tar` where its map is wrong. */
export function sparseEntry({ entry }: TarDraft, content: SparseContent, place: Place): TarEntry {
  const { storedSize, contentOffset, size = entry.size } = content;
  const sparse = checkSparseRuns(content.runs, { size, storedSize }, place);
  return { ...entry, size, storedSize, contentOffset, sparse };
}

function typeOf(header: TarHeader, path: Uint8Array): TarEntryType {
  // Tars older than the type flag tell a directory by its trailing slash.
  if (header.typeflag === '\0' && path.at(-1) === SLASH) return 'dir';
  return TYPES[header.typeflag] ?? 'file';
}

/** Links, devices, directories and pipes have no data, whatever their size field says (as in Go's archive/tar). */
function hasData(header: TarHeader, type: TarEntryType): boolean {
  return type === 'file' || header.typeflag === 'D';
}

interface SparseFacts {
  readonly source: SparseSource;
  readonly name?: Uint8Array | undefined;
  readonly size?: number | undefined;
  readonly runs: readonly SparseRun[];
}

const NOT_SPARSE: SparseFacts = { source: 'none', runs: [] };

/** https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html. A version that is not known is read as a plain file. */
function sparseOf(header: TarHeader, extensions: Extensions, place: Place): SparseFacts {
  if (header.typeflag === 'S') {
    if (header.dialect !== 'gnu') throw badTar(place, 'a sparse file has no GNU header');
    return { source: 'header', runs: [] };
  }
  if (header.typeflag !== '0' && header.typeflag !== '\0') return NOT_SPARSE;
  const { records, sparseList } = extensions;
  const list = records.get('GNU.sparse.map') ?? sparseList;
  const version = `${textRecord(records, 'GNU.sparse.major') ?? ''}.${textRecord(records, 'GNU.sparse.minor') ?? ''}`;
  if (version !== '1.0' && list === undefined) return NOT_SPARSE;
  if (!['1.0', '0.0', '0.1', '.'].includes(version)) return NOT_SPARSE;
  const facts = {
    name: records.get('GNU.sparse.name'),
    size:
      integerRecord(records, 'GNU.sparse.realsize', place) ??
      integerRecord(records, 'GNU.sparse.size', place),
  };
  if (version === '1.0') return { ...facts, source: 'content', runs: [] };
  checkSparseSize(list?.length ?? 0, place);
  return { ...facts, source: 'list', runs: parseSparseList(list ?? new Uint8Array(), place) };
}

function checkLength(name: Uint8Array, what: string, place: Place): void {
  if (name.length <= LIMITS.tarNameBytes) return;
  const excess = `${what} of ${name.length} bytes, more than the ${LIMITS.tarNameBytes} bytes allowed`;
  throw limitExceeded(place, excess, LIMITS.tarNameBytes);
}

type Records = ReadonlyMap<string, Uint8Array>;

function textRecord(records: Records, key: string): string | undefined {
  const value = records.get(key);
  return value && escapeBytes(value);
}

function integerRecord(records: Records, key: string, place: Place): number | undefined {
  const value = records.get(key);
  if (!value) return undefined;
  const number = decimal(value);
  if (number === undefined) throw badTar(place, `the pax record "${key}" is no number`);
  return number;
}

/** Seconds, perhaps with a fraction, perhaps before the epoch. */
function timeRecord(records: Records, place: Place): number | undefined {
  const text = textRecord(records, 'mtime');
  if (text === undefined) return undefined;
  if (!/^-?\d{1,15}(?:\.\d*)?$/.test(text))
    throw badTar(place, 'the pax record "mtime" is no time');
  return Number(text);
}
