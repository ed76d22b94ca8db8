import { concatBytes } from '../../base/byte-source';
import { compareBytes, decodeUtf8, encodeUtf8 } from '../../base/bytes';
import type { PaxRecord } from './pax';
import { BLOCK_BYTES, checksum } from './tar-block';
import type { TarEntryType } from './tar-entry';

/** What a header says; what is left out is a plain file of nobody, 1970. */
export interface TarHeaderFields {
  /** Text, or the raw bytes of another tar. A directory's gets a `/` at its end where it has none. */
  readonly path: string | Uint8Array;
  readonly type?: TarEntryType;
  /** Bytes of content that follow; 0 for all but files. */
  readonly size?: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since the epoch. */
  readonly mtime?: number;
  readonly linkname?: string | Uint8Array;
  readonly uname?: string;
  readonly gname?: string;
  readonly devMajor?: number;
  readonly devMinor?: number;
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

/** The two blocks that end an archive. */
export const TAR_END: Uint8Array<ArrayBuffer> = new Uint8Array(2 * BLOCK_BYTES);

/** What fills the last block of a content of that many bytes. */
export function tarPadding(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES);
}

/**
 * The header of an entry: ustar, after a pax header where ustar cannot say it (POSIX.1-2017 "pax"). The same fields give the same bytes. An archive is
 * headers, contents and paddings in turn, and `TAR_END`.
 */
export function tarHeader(fields: TarHeaderFields): Uint8Array<ArrayBuffer> {
  const path = pathBytes(fields);
  const linkname = toBytes(fields.linkname ?? '');
  const records = paxRecords(fields, path, linkname);
  const main = ustarBlock(fields, path, linkname);
  if (records.length === 0) return main;
  const data = concatBytes(records.map(({ key, value }) => paxRecord(key, value)));
  const name = concatBytes([encodeUtf8('PaxHeaders/'), ascii(baseName(path))]).subarray(
    0,
    NAME_BYTES,
  );
  const header = ustarBlock({ path: name, size: data.length }, name, new Uint8Array(), 'x');
  return concatBytes([header, data, tarPadding(data.length), main]);
}

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const OWNER_BYTES = 32;
const MAX_ID = 0o7777777;
const MAX_SIZE = 0o77777777777;
const SLASH = 0x2f;

const TYPEFLAGS: Readonly<Record<TarEntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  dir: '5',
  fifo: '6',
};

/** Modes that a caller who names none means. */
const DEFAULT_MODES: Readonly<Record<TarEntryType, number>> = {
  file: 0o644,
  hardlink: 0o644,
  symlink: 0o777,
  char: 0o644,
  block: 0o644,
  dir: 0o755,
  fifo: 0o644,
};

function ustarBlock(
  fields: TarHeaderFields,
  path: Uint8Array,
  linkname: Uint8Array,
  typeflag = TYPEFLAGS[fields.type ?? 'file'],
): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK_BYTES);
  const { prefix, name } = splitPath(path) ?? { prefix: new Uint8Array(), name: ascii(path) };
  const putNumber = (at: number, length: number, value: number, max: number): void => {
    const fits = Number.isInteger(value) && value >= 0 && value <= max;
    block.set(encodeUtf8((fits ? value : 0).toString(8).padStart(length - 1, '0')), at);
  };
  block.set(name.subarray(0, NAME_BYTES), 0);
  putNumber(100, 8, fields.mode ?? DEFAULT_MODES[fields.type ?? 'file'], 0o7777);
  putNumber(108, 8, fields.uid ?? 0, MAX_ID);
  putNumber(116, 8, fields.gid ?? 0, MAX_ID);
  putNumber(124, 12, fields.size ?? 0, MAX_SIZE);
  putNumber(136, 12, fields.mtime ?? 0, MAX_SIZE);
  block.set(encodeUtf8(typeflag), 156);
  block.set(ascii(linkname).subarray(0, NAME_BYTES), 157);
  block.set(encodeUtf8('ustar\x0000'), 257);
  block.set(ascii(encodeUtf8(fields.uname ?? '')).subarray(0, OWNER_BYTES - 1), 265);
  block.set(ascii(encodeUtf8(fields.gname ?? '')).subarray(0, OWNER_BYTES - 1), 297);
  putNumber(329, 8, fields.devMajor ?? 0, MAX_ID);
  putNumber(337, 8, fields.devMinor ?? 0, MAX_ID);
  block.set(prefix, 345);
  block.set(encodeUtf8(`${checksum(block).toString(8).padStart(6, '0')}\0 `), 148);
  return block;
}

/** What ustar has no room or no characters for, by key. */
function paxRecords(fields: TarHeaderFields, path: Uint8Array, linkname: Uint8Array): PaxRecord[] {
  const records: PaxRecord[] = [];
  const add = (key: string, value: string | Uint8Array): void => {
    records.push({ key, value: toBytes(value) });
  };
  const addNumber = (key: string, value: number, max: number): void => {
    if (!Number.isInteger(value) || value < 0 || value > max) add(key, String(value));
  };
  const addOwner = (key: string, value: string): void => {
    const bytes = encodeUtf8(value);
    if (!isAscii(bytes) || bytes.length >= OWNER_BYTES) add(key, value);
  };
  if (!isAscii(path) || !splitPath(path)) add('path', path);
  if (!isAscii(linkname) || linkname.length > NAME_BYTES) add('linkpath', linkname);
  addNumber('size', fields.size ?? 0, MAX_SIZE);
  addNumber('uid', fields.uid ?? 0, MAX_ID);
  addNumber('gid', fields.gid ?? 0, MAX_ID);
  addNumber('mtime', fields.mtime ?? 0, MAX_SIZE);
  addOwner('uname', fields.uname ?? '');
  addOwner('gname', fields.gname ?? '');
  for (const [name, value] of fields.xattrs ?? []) add(`SCHILY.xattr.${name}`, value);
  if (!isUtf8(path) || !isUtf8(linkname)) add('hdrcharset', 'BINARY');
  return records.sort((a, b) => compareBytes(encodeUtf8(a.key), encodeUtf8(b.key)));
}

/** `LENGTH KEY=VALUE\n`, the length counting itself. */
function paxRecord(key: string, value: Uint8Array): Uint8Array {
  const rest = concatBytes([encodeUtf8(` ${key}=`), value, Uint8Array.of(0x0a)]);
  let length = rest.length + 1;
  while (String(length).length + rest.length > length) length++;
  return concatBytes([encodeUtf8(String(length)), rest]);
}

/** The path as ustar's two fields, joined by a slash; undefined where it does not fit. */
function splitPath(path: Uint8Array): { prefix: Uint8Array; name: Uint8Array } | undefined {
  if (path.length <= NAME_BYTES) return { prefix: new Uint8Array(), name: path };
  const slash = path.lastIndexOf(SLASH, Math.min(PREFIX_BYTES, path.length - 2));
  if (slash <= 0 || path.length - slash - 1 > NAME_BYTES) return undefined;
  return { prefix: path.subarray(0, slash), name: path.subarray(slash + 1) };
}

function pathBytes({ path, type }: TarHeaderFields): Uint8Array {
  const bytes = toBytes(path);
  return type === 'dir' && bytes.at(-1) !== SLASH
    ? concatBytes([bytes, Uint8Array.of(SLASH)])
    : bytes;
}

function baseName(path: Uint8Array): Uint8Array {
  const end = path.at(-1) === SLASH ? path.length - 1 : path.length;
  return path.subarray(path.subarray(0, end).lastIndexOf(SLASH) + 1, end);
}

function toBytes(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? encodeUtf8(text) : text;
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

function isUtf8(bytes: Uint8Array): boolean {
  return decodeUtf8(bytes) !== undefined;
}

/** Without what is not ASCII: for readers that pass over pax headers. */
function ascii(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte) => byte < 0x80);
}
