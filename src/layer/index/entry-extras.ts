import { decodeUtf8, encodeUtf8 } from '../../base/bytes';
import type { SparseRun, TarEntry } from '../../codec/tar/tar-entry';

/** Stored size, device numbers, count of runs, count of attributes. */
const HEADER_BYTES = 24;
const RUN_BYTES = 16;
const NOT_SPARSE = 0xffffffff;

/** What only few entries have: one record of an index's side table. */
export interface EntryExtras {
  /** Bytes of content in the tar; counts only for sparse files. */
  readonly storedSize: number;
  readonly sparse?: readonly SparseRun[];
  readonly devMajor: number;
  readonly devMinor: number;
  /** Extended attributes by name. */
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
}

export const NO_EXTRAS: EntryExtras = {
  storedSize: 0,
  devMajor: 0,
  devMinor: 0,
  xattrs: new Map(),
};

/** The record of an entry, undefined for most. Attributes are sorted by name, so that equal ones are equal bytes. */
export function encodeExtras(entry: TarEntry): Uint8Array | undefined {
  const isDevice = entry.type === 'char' || entry.type === 'block';
  if (!entry.sparse && !isDevice && entry.xattrs.size === 0) return undefined;
  const xattrs = [...entry.xattrs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name: encodeUtf8(name), value }));
  const runs = entry.sparse ?? [];
  const size = xattrs.reduce(
    (sum, { name, value }) => sum + 8 + name.length + value.length,
    HEADER_BYTES + runs.length * RUN_BYTES,
  );
  const record = new Uint8Array(size);
  const view = new DataView(record.buffer);
  view.setFloat64(0, entry.sparse ? entry.storedSize : 0);
  view.setUint32(8, isDevice ? entry.devMajor : 0);
  view.setUint32(12, isDevice ? entry.devMinor : 0);
  view.setUint32(16, entry.sparse ? runs.length : NOT_SPARSE);
  view.setUint32(20, xattrs.length);
  let at = HEADER_BYTES;
  for (const { offset, length } of runs) {
    view.setFloat64(at, offset);
    view.setFloat64(at + 8, length);
    at += RUN_BYTES;
  }
  for (const { name, value } of xattrs) {
    view.setUint32(at, name.length);
    view.setUint32(at + 4, value.length);
    record.set(name, at + 8);
    record.set(value, at + 8 + name.length);
    at += 8 + name.length + value.length;
  }
  return record;
}

/** Reads the record at `start`. Throws RangeError where it does not lie within `bytes`. */
export function decodeExtras(bytes: Uint8Array, start: number): EntryExtras {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const runCount = view.getUint32(16);
  const sparse: SparseRun[] = [];
  let at = HEADER_BYTES;
  for (let run = 0; run < runCount && runCount !== NOT_SPARSE; run++) {
    sparse.push({ offset: view.getFloat64(at), length: view.getFloat64(at + 8) });
    at += RUN_BYTES;
  }
  const xattrs = new Map<string, Uint8Array>();
  for (let left = view.getUint32(20); left > 0; left--) {
    const nameEnd = at + 8 + view.getUint32(at);
    const valueEnd = nameEnd + view.getUint32(at + 4);
    const name = decodeUtf8(bytes.subarray(start + at + 8, start + nameEnd)) ?? '';
    xattrs.set(name, bytes.slice(start + nameEnd, start + valueEnd));
    at = valueEnd;
  }
  return {
    storedSize: view.getFloat64(0),
    devMajor: view.getUint32(8),
    devMinor: view.getUint32(12),
    xattrs,
    ...(runCount === NOT_SPARSE ? {} : { sparse }),
  };
}
