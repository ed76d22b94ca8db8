import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { bytesOf, tarOf, typeOf, type TarItem } from './tar-builder';

/** A layer with a table of contents, and what its descriptor says of it. */
export interface TocLayerDraft {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly annotations: ReadonlyMap<string, string>;
  /** Where the table lies in the layer. */
  readonly tocOffset: number;
}

export interface TocDraftOptions {
  /** Bytes of a file that are packed at once; 4 MiB, as eStargz has it. */
  readonly chunkSize?: number;
  /** Changes the table before it is written: what a hostile one says. */
  readonly change?: (toc: TocDraft) => unknown;
  /** Compresses contents; gzip, or for zstd:chunked frames of raw blocks. */
  readonly pack?: (bytes: Uint8Array) => Uint8Array;
}

export interface TocDraft {
  version: number;
  entries: Record<string, unknown>[];
}

const MIB = 1024 * 1024;
const TYPES = {
  file: 'reg',
  dir: 'dir',
  symlink: 'symlink',
  hardlink: 'hardlink',
  char: 'char',
  block: 'block',
  fifo: 'fifo',
};

/** An eStargz as containerd's `ctr-remote image convert` makes it: a gzip member a header, one or more a file, then the table and the footer. */
export function estargzOf(
  items: readonly (TarItem | string)[],
  options: TocDraftOptions = {},
): TocLayerDraft {
  const pack = options.pack ?? gzip;
  const { parts, toc, size } = packItems(items, { chunkSize: 4 * MIB, pack, ...options });
  const json = jsonOf(toc, options);
  const table = gzip(tarOf([{ path: 'stargz.index.json', content: json }]));
  return {
    bytes: bytesOfAll([...parts, table, estargzFooter(size)]),
    annotations: new Map([['containerd.io/snapshot/stargz/toc.digest', sha256(json)]]),
    tocOffset: size,
  };
}

/** A zstd:chunked as containers/storage makes it: frames of headers and contents, the table in a skippable frame, the footer in another. */
export function zstdChunkedOf(
  items: readonly (TarItem | string)[],
  options: TocDraftOptions = {},
): TocLayerDraft {
  const pack = options.pack ?? zstdRaw;
  const { parts, toc, size } = packItems(items, { chunkSize: 64 * 1024, pack, ...options });
  const json = jsonOf(toc, options);
  const packed = pack(json);
  const offset = size + 8;
  const footer = Buffer.alloc(64);
  [offset, packed.length, json.length, 1].forEach((value, i) =>
    footer.writeBigUInt64LE(BigInt(value), i * 8),
  );
  footer.write('GNUlInUx', 56, 'latin1');
  const prefix = 'io.github.containers.zstd-chunked';
  return {
    bytes: bytesOfAll([...parts, skippableFrame(packed), skippableFrame(footer)]),
    annotations: new Map([
      [`${prefix}.manifest-checksum`, sha256(packed)],
      [`${prefix}.manifest-position`, `${offset}:${packed.length}:${json.length}:1`],
    ]),
    tocOffset: offset,
  };
}

/** An empty gzip member whose extra field says where the table is. */
export function estargzFooter(tocOffset: number, { legacy = false } = {}): Uint8Array {
  const text = `${tocOffset.toString(16).padStart(16, '0')}STARGZ`;
  const extra = Buffer.from(legacy ? text : `SG\x16\0${text}`, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(extra.length);
  const head = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff];
  return bytesOfAll([
    Uint8Array.from(head),
    length,
    extra,
    Uint8Array.from([1, 0, 0, 0xff, 0xff]),
    new Uint8Array(8),
  ]);
}

/** A zstd frame of raw blocks, which needs no encoder (RFC 8878, section 3.1.1.2). */
export function zstdRaw(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58])];
  const most = 128 * 1024;
  for (let at = 0; at === 0 || at < bytes.length; at += most) {
    const block = bytes.subarray(at, at + most);
    const isLast = at + most >= bytes.length ? 1 : 0;
    const header = (block.length << 3) | isLast;
    parts.push(Uint8Array.from([header & 0xff, (header >> 8) & 0xff, header >> 16]), block);
  }
  return bytesOfAll(parts);
}

export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 9 });
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function packItems(
  items: readonly (TarItem | string)[],
  { chunkSize, pack }: Required<Pick<TocDraftOptions, 'chunkSize' | 'pack'>>,
): { readonly parts: Uint8Array[]; readonly toc: TocDraft; readonly size: number } {
  const parts: Uint8Array[] = [];
  const toc: TocDraft = { version: 1, entries: [] };
  let size = 0;
  const add = (bytes: Uint8Array): number => {
    const offset = size;
    const packed = pack(bytes);
    parts.push(packed);
    size += packed.length;
    return offset;
  };
  let rest = new Uint8Array();
  for (const given of items) {
    const item = typeof given === 'string' ? { path: given } : given;
    const content = bytesOf(item.content ?? '');
    const tar = tarOf([item], { end: false });
    const padded = Math.ceil(content.length / 512) * 512;
    const header = tar.subarray(0, tar.length - padded);
    add(bytesOfAll([rest, header]));
    rest = new Uint8Array(padded - content.length);
    const entry = entryOf(item);
    toc.entries.push(entry);
    if (content.length === 0) continue;
    entry['size'] = content.length;
    entry['digest'] = sha256(content);
    for (let at = 0; at < content.length; at += chunkSize) {
      const chunk = content.subarray(at, at + chunkSize);
      const target = at === 0 ? entry : { name: entry['name'], type: 'chunk' };
      if (at > 0) toc.entries.push(target);
      Object.assign(target, { offset: add(chunk), chunkDigest: sha256(chunk) });
      if (at > 0) Object.assign(target, { chunkOffset: at });
      if (content.length > chunkSize) Object.assign(target, { chunkSize: chunk.length });
    }
  }
  add(bytesOfAll([rest, new Uint8Array(1024)]));
  return { parts, toc, size };
}

function entryOf(item: TarItem): Record<string, unknown> {
  const type = typeOf(item);
  const xattrs = Object.entries(item.xattrs ?? {}).map(([name, value]) => [
    name,
    Buffer.from(bytesOf(value)).toString('base64'),
  ]);
  return {
    name: Buffer.from(bytesOf(item.path)).toString(),
    type: TYPES[type],
    mode: item.mode ?? (type === 'dir' ? 0o755 : 0o644),
    modtime: new Date((item.mtime ?? 0) * 1000).toISOString().replace('.000', ''),
    ...(item.uid ? { uid: item.uid } : {}),
    ...(item.gid ? { gid: item.gid } : {}),
    ...(item.linkname ? { linkName: Buffer.from(bytesOf(item.linkname)).toString() } : {}),
    ...(item.devMajor ? { devMajor: item.devMajor } : {}),
    ...(item.devMinor ? { devMinor: item.devMinor } : {}),
    ...(xattrs.length > 0 ? { xattrs: Object.fromEntries(xattrs) as unknown } : {}),
  };
}

function jsonOf(toc: TocDraft, { change }: TocDraftOptions): Buffer {
  return Buffer.from(JSON.stringify(change?.(toc) ?? toc, undefined, '\t'));
}

function skippableFrame(payload: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50);
  head.writeUInt32LE(payload.length, 4);
  return bytesOfAll([head, payload]);
}

function bytesOfAll(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts));
}
