import { concatBytes } from '../../base/byte-source';
import { escapeBytes } from '../../base/bytes';
import { badTar, type Place } from '../errors';
import { field, hasValidChecksum, numberField } from './tar-block';

/** Which fields past the link name a header has. */
export type TarDialect = 'v7' | 'ustar' | 'gnu' | 'star';

/** One header block as it stands, before what pax and long-name headers say of it. */
export interface TarHeader {
  readonly dialect: TarDialect;
  /** One character; `\0` is a file of an old tar. */
  readonly typeflag: string;
  /** A copy, the prefix joined to it. */
  readonly name: Uint8Array;
  readonly linkname: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of data that follow, whether or not the type has any. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly uname: string;
  readonly gname: string;
  readonly devMajor: number;
  readonly devMinor: number;
}

/** Start and length of each field, bytes: POSIX.1-2017 "pax", section "ustar Interchange Format". */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  linkname: [157, 100],
  uname: [265, 32],
  gname: [297, 32],
  'device major': [329, 8],
  'device minor': [337, 8],
  prefix: [345, 155],
  starPrefix: [345, 131],
} as const;

/** GNU's access and change times, which stand where ustar has its prefix. */
const GNU_TIMES = [
  [345, 12],
  [357, 12],
] as const;

const TYPEFLAG_AT = 156;
const SLASH = Uint8Array.of(0x2f);

/** Reads a block that is not all zeros. Throws `bad-tar`. */
export function parseTarHeader(block: Uint8Array, place: Place): TarHeader {
  if (!hasValidChecksum(block)) throw badTar(place, 'a header has a wrong checksum');
  const dialect = dialectOf(block);
  const extended = dialect !== 'v7';
  const size = number(block, 'size', place);
  if (size < 0) throw badTar(place, 'the size of a header is negative');
  return {
    dialect,
    typeflag: String.fromCharCode(block[TYPEFLAG_AT] ?? 0),
    name: joinPrefix(prefixOf(block, dialect), text(block, 'name')),
    linkname: text(block, 'linkname').slice(),
    mode: number(block, 'mode', place),
    uid: number(block, 'uid', place),
    gid: number(block, 'gid', place),
    size,
    mtime: number(block, 'mtime', place),
    uname: extended ? ownerName(block, 'uname') : '',
    gname: extended ? ownerName(block, 'gname') : '',
    devMajor: extended ? number(block, 'device major', place) : 0,
    devMinor: extended ? number(block, 'device minor', place) : 0,
  };
}

type FieldName = keyof typeof FIELDS;

/** A view. */
function text(block: Uint8Array, name: FieldName): Uint8Array {
  const [start, length] = FIELDS[name];
  return field(block, start, length);
}

function number(block: Uint8Array, name: FieldName, place: Place): number {
  const [start, length] = FIELDS[name];
  const value = numberField(block, start, length);
  if (value === undefined) throw badTar(place, `the ${name} of a header is no number`);
  return value;
}

function ownerName(block: Uint8Array, name: 'uname' | 'gname'): string {
  const [start] = FIELDS[name];
  return block[start] === 0 ? '' : escapeBytes(text(block, name));
}

function dialectOf(block: Uint8Array): TarDialect {
  if (hasText(block, 257, 'ustar\0')) return hasText(block, 508, 'tar\0') ? 'star' : 'ustar';
  return hasText(block, 257, 'ustar ') ? 'gnu' : 'v7';
}

function prefixOf(block: Uint8Array, dialect: TarDialect): Uint8Array {
  if (dialect === 'ustar') return text(block, 'prefix');
  if (dialect === 'star') return text(block, 'starPrefix');
  // Go before 1.8, and so the docker of its time, could write a ustar prefix where GNU has times: https://golang.org/issue/12594
  if (dialect === 'gnu' && !hasGnuTimes(block)) return text(block, 'prefix');
  return new Uint8Array();
}

function hasGnuTimes(block: Uint8Array): boolean {
  return GNU_TIMES.every(([start, length]) => numberField(block, start, length) !== undefined);
}

function joinPrefix(prefix: Uint8Array, name: Uint8Array): Uint8Array {
  return prefix.length > 0 ? concatBytes([prefix, SLASH, name]) : name.slice();
}

function hasText(block: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (block[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
