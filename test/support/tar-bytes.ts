import { encodeUtf8 } from '../../src/base/bytes';

/** Fields of a header as they stand in it; text where a field is malformed on purpose. */
export interface RawHeader {
  readonly name?: string | Uint8Array;
  readonly typeflag?: string;
  readonly mode?: string | number;
  readonly uid?: number | string | Uint8Array;
  readonly gid?: number | string | Uint8Array;
  readonly size?: number | string | Uint8Array;
  readonly mtime?: number | string | Uint8Array;
  readonly linkname?: string | Uint8Array;
  readonly uname?: string;
  readonly gname?: string;
  readonly devMajor?: number;
  readonly devMinor?: number;
  readonly prefix?: string;
  /** Magic and version, 8 characters. */
  readonly magic?: string;
  /** Bytes written over the header before its checksum is made, by offset. */
  readonly patches?: readonly (readonly [offset: number, bytes: string | Uint8Array])[];
}

export const USTAR = 'ustar\x0000';
export const GNU = 'ustar  \0';
export const V7 = '\0\0\0\0\0\0\0\0';

/** One header block, byte for byte as told: it says what a real writer would not, where a test wants it. */
export function rawHeader(fields: RawHeader): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(512);
  const put = (at: number, value: string | Uint8Array): void => {
    block.set(typeof value === 'string' ? encodeUtf8(value) : value, at);
  };
  const number = (at: number, length: number, value: number | string | Uint8Array): void => {
    put(at, typeof value === 'number' ? `${value.toString(8).padStart(length - 1, '0')}\0` : value);
  };
  const isV7 = fields.magic === V7;
  put(0, fields.name ?? 'file');
  number(100, 8, fields.mode ?? 0o644);
  number(108, 8, fields.uid ?? 0);
  number(116, 8, fields.gid ?? 0);
  number(124, 12, fields.size ?? 0);
  number(136, 12, fields.mtime ?? 0);
  put(156, fields.typeflag ?? '0');
  put(157, fields.linkname ?? '');
  put(257, fields.magic ?? USTAR);
  put(265, fields.uname ?? '');
  put(297, fields.gname ?? '');
  if (!isV7) {
    number(329, 8, fields.devMajor ?? 0);
    number(337, 8, fields.devMinor ?? 0);
  }
  put(345, fields.prefix ?? '');
  for (const [offset, bytes] of fields.patches ?? []) put(offset, bytes);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** A header, its data and its padding; the size is the data's where it is not said. */
export function rawEntry(
  fields: RawHeader,
  data: string | Uint8Array = '',
): Uint8Array<ArrayBuffer> {
  const bytes = typeof data === 'string' ? encodeUtf8(data) : data;
  return joinBytes(rawHeader({ size: bytes.length, ...fields }), padded(bytes));
}

/** Zeros up to the next block. */
export function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
  whole.set(bytes);
  return whole;
}

/** A pax header (`x`, or `g`) of these records, in this order. */
export function paxEntry(
  records: readonly (readonly [key: string, value: string | Uint8Array])[],
  typeflag = 'x',
): Uint8Array<ArrayBuffer> {
  const data = joinBytes(...records.map(([key, value]) => paxRecord(key, value)));
  return rawEntry({ name: 'PaxHeaders/file', typeflag }, data);
}

export function paxRecord(key: string, value: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const body = joinBytes(` ${key}=`, value, '\n');
  let length = body.length + 1;
  while (String(length).length + body.length !== length) length++;
  return joinBytes(String(length), body);
}

/** The two blocks that end an archive. */
export function endBlocks(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(1024);
}

export function joinBytes(...parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const chunks = parts.map((part) => (typeof part === 'string' ? encodeUtf8(part) : part));
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** A number as GNU tar writes it where octal digits do not suffice: 12 bytes, two's complement, top bit set. */
export function base256(value: bigint, length = 12): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let rest = BigInt.asUintN(length * 8, value);
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}
