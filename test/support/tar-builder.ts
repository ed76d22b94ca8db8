import { concatBytes } from '../../src/base/byte-source';
import { encodeUtf8 } from '../../src/base/bytes';
import type { TarEntryType } from '../../src/codec/tar/tar-entry';

/** One entry of a tar to be made. A string alone is a path: a directory where it ends in `/`, else an empty file. */
export interface TarItem {
  readonly path: string | Uint8Array;
  /** `file`, or `dir` where the path ends in `/`, or what `linkname` says. */
  readonly type?: TarEntryType;
  readonly content?: string | Uint8Array;
  /** Permission bits; 0o644, or 0o755 for a directory. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since the epoch; 0. */
  readonly mtime?: number;
  readonly linkname?: string | Uint8Array;
  readonly devMajor?: number;
  readonly devMinor?: number;
  readonly xattrs?: Readonly<Record<string, string | Uint8Array>>;
  /** Further pax records. */
  readonly pax?: Readonly<Record<string, string | Uint8Array>>;
}

interface TarOptions {
  /** Whether two blocks of zeros close the archive. */
  readonly end?: boolean;
}

const BLOCK = 512;
const TYPE_FLAGS: Readonly<Record<TarEntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  dir: '5',
  fifo: '6',
};

/** A ustar archive, with pax records where a name is long or an entry has attributes. Written apart from the product's own code. */
export function tarOf(
  items: readonly (TarItem | string)[],
  { end = true }: TarOptions = {},
): Uint8Array<ArrayBuffer> {
  const parts = items.flatMap((item) =>
    itemBlocks(typeof item === 'string' ? { path: item } : item),
  );
  return concatBytes(end ? [...parts, new Uint8Array(2 * BLOCK)] : parts);
}

/** The type that an item stands for. */
export function typeOf({ path, type, linkname }: TarItem): TarEntryType {
  if (type) return type;
  if (linkname !== undefined) return 'symlink';
  return bytesOf(path).at(-1) === 0x2f ? 'dir' : 'file';
}

export function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? encodeUtf8(value) : value;
}

function itemBlocks(item: TarItem): Uint8Array[] {
  const content = bytesOf(item.content ?? '');
  const records = paxRecords(item);
  const header = headerBlock(item, { flag: TYPE_FLAGS[typeOf(item)], size: content.length });
  if (records.length === 0) return [header, padded(content)];
  const body = concatBytes(records);
  const paxHeader = headerBlock({ path: 'PaxHeaders/0' }, { flag: 'x', size: body.length });
  return [paxHeader, padded(body), header, padded(content)];
}

function paxRecords(item: TarItem): Uint8Array[] {
  const records = Object.entries(item.pax ?? {});
  for (const [name, value] of Object.entries(item.xattrs ?? {})) {
    records.push([`SCHILY.xattr.${name}`, value]);
  }
  if (bytesOf(item.path).length > 100) records.push(['path', item.path]);
  if (bytesOf(item.linkname ?? '').length > 100) records.push(['linkpath', item.linkname ?? '']);
  return records.map(([name, value]) => paxRecord(name, bytesOf(value)));
}

/** `LENGTH NAME=VALUE\n`, whose length counts its own digits. */
function paxRecord(name: string, value: Uint8Array): Uint8Array {
  const rest = encodeUtf8(` ${name}=`).length + value.length + 1;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return concatBytes([encodeUtf8(`${length} ${name}=`), value, encodeUtf8('\n')]);
}

function headerBlock(item: TarItem, { flag, size }: { flag: string; size: number }): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const octal = (value: number, digits: number): Uint8Array =>
    encodeUtf8(value.toString(8).padStart(digits, '0'));
  const isDirectory = flag === TYPE_FLAGS.dir;
  block.set(bytesOf(item.path).subarray(0, 100), 0);
  block.set(octal(item.mode ?? (isDirectory ? 0o755 : 0o644), 7), 100);
  block.set(octal(item.uid ?? 0, 7), 108);
  block.set(octal(item.gid ?? 0, 7), 116);
  block.set(octal(size, 11), 124);
  block.set(octal(item.mtime ?? 0, 11), 136);
  block.set(encodeUtf8('        '), 148);
  block.set(encodeUtf8(flag), 156);
  block.set(bytesOf(item.linkname ?? '').subarray(0, 100), 157);
  block.set(encodeUtf8('ustar\0' + '00'), 257);
  block.set(octal(item.devMajor ?? 0, 7), 329);
  block.set(octal(item.devMinor ?? 0, 7), 337);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(encodeUtf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return block;
}

function padded(content: Uint8Array): Uint8Array {
  const block = new Uint8Array(Math.ceil(content.length / BLOCK) * BLOCK);
  block.set(content);
  return block;
}
