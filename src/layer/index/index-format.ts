import { toHex } from '../../base/bytes';
import { digestHex, digestOfHex, type Digest } from '../../oci/digest';
import { KIND_COUNT, kindOf, type EntryColumns } from './entry-columns';
import { LayerError } from '../errors';
import { NameTable } from './name-table';
import { PathTable } from './path-table';

/** `DDLI`, little-endian as all of it. */
const MAGIC = 0x494c4444;
/** To be raised with any change of the layout: an index of another version is rebuilt from its blob. */
const VERSION = 1;
const HEADER_BYTES = 96;

/** What an index says of the layer as a whole. */
export interface IndexHeader {
  /** Undefined in the index of a layer that is still being read. */
  readonly diffId: Digest | undefined;
  readonly unpackedSize: number;
  readonly tarSize: number;
}

/** How much of what an index holds: enough to know where each column lies. */
export interface IndexShape {
  readonly rowCount: number;
  readonly pathBytes: number;
  readonly linkBytes: number;
  readonly extraBytes: number;
}

/** A new index of that shape: its columns are zeros, to be filled in place. */
export function allocateIndex(
  header: IndexHeader,
  shape: IndexShape,
): { readonly buffer: ArrayBuffer; readonly columns: EntryColumns } {
  const buffer = new ArrayBuffer(byteLengthOf(shape));
  const view = new DataView(buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, shape.rowCount, true);
  view.setUint32(12, header.diffId ? 1 : 0, true);
  view.setFloat64(16, header.unpackedSize, true);
  view.setFloat64(24, header.tarSize, true);
  view.setUint32(32, shape.pathBytes, true);
  view.setUint32(36, shape.linkBytes, true);
  view.setUint32(40, shape.extraBytes, true);
  if (header.diffId) writeHex(new Uint8Array(buffer, 48, 32), digestHex(header.diffId));
  return { buffer, columns: layOut(buffer, shape) };
}

/** Reads what `allocateIndex` laid out, without copying. Throws `bad-index`. */
export function readIndex(buffer: ArrayBuffer): {
  readonly header: IndexHeader;
  readonly columns: EntryColumns;
} {
  if (buffer.byteLength < HEADER_BYTES) throw badIndex('it is too short');
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC) throw badIndex('it does not begin as one');
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw badIndex(`it is of version ${version}, not ${VERSION}`);
  const shape = {
    rowCount: view.getUint32(8, true),
    pathBytes: view.getUint32(32, true),
    linkBytes: view.getUint32(36, true),
    extraBytes: view.getUint32(40, true),
  };
  if (buffer.byteLength !== byteLengthOf(shape)) throw badIndex('its length is wrong');
  const columns = layOut(buffer, shape);
  checkColumns(columns);
  const hasDiffId = view.getUint32(12, true) === 1;
  const header = {
    diffId: hasDiffId ? digestOfHex(toHex(new Uint8Array(buffer, 48, 32))) : undefined,
    unpackedSize: view.getFloat64(16, true),
    tarSize: view.getFloat64(24, true),
  };
  return { header, columns };
}

/** The widest columns first, so that every column is aligned. */
function layOut(buffer: ArrayBuffer, shape: IndexShape): EntryColumns {
  const { rowCount } = shape;
  let at = HEADER_BYTES;
  const doubles = (): Float64Array => {
    const column = new Float64Array(buffer, at, rowCount);
    at += column.byteLength;
    return column;
  };
  const words = (count: number): Uint32Array => {
    const column = new Uint32Array(buffer, at, count);
    at += column.byteLength;
    return column;
  };
  const halves = (count: number): Uint16Array => {
    const column = new Uint16Array(buffer, at, count);
    at += column.byteLength;
    return column;
  };
  const bytes = (count: number): Uint8Array => {
    const column = new Uint8Array(buffer, at, count);
    at += count;
    return column;
  };
  const numbers = { sizes: doubles(), contentOffsets: doubles(), mtimes: doubles() };
  const pathStarts = words(rowCount + 1);
  const linkStarts = words(rowCount + 1);
  const columns = {
    hashes: words(rowCount * 2),
    uids: words(rowCount),
    gids: words(rowCount),
    traits: words(rowCount),
    extras: words(rowCount),
  };
  const shared = halves(rowCount);
  return {
    rowCount,
    ...numbers,
    ...columns,
    paths: new PathTable(bytes(shape.pathBytes), pathStarts, shared),
    links: new NameTable(bytes(shape.linkBytes), linkStarts),
    extraBytes: bytes(shape.extraBytes),
  };
}

function byteLengthOf({ rowCount, pathBytes, linkBytes, extraBytes }: IndexShape): number {
  const perRow = 3 * 8 + 8 * 4 + 2;
  return HEADER_BYTES + rowCount * perRow + 2 * 4 + pathBytes + linkBytes + extraBytes;
}

/** One cheap pass: nothing in the columns points outside the index. */
function checkColumns(columns: EntryColumns): void {
  checkStarts(columns.paths);
  checkStarts(columns.links);
  for (let row = 0; row < columns.rowCount; row++) {
    if (kindOf(columns, row) >= KIND_COUNT) throw badIndex(`row ${row} is of no known kind`);
    if ((columns.extras[row] ?? 0) > columns.extraBytes.length) {
      throw badIndex(`row ${row} points outside it`);
    }
  }
}

function checkStarts({ starts, bytes, length }: NameTable): void {
  let previous = 0;
  for (let row = 0; row <= length; row++) {
    const start = starts[row] ?? 0;
    if (start < previous) throw badIndex(`the names around row ${row} overlap`);
    previous = start;
  }
  if (starts[0] !== 0 || previous !== bytes.length) throw badIndex('its names do not fill it');
}

function writeHex(target: Uint8Array, hex: string): void {
  for (let i = 0; i < target.length; i++) {
    target[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  }
}

function badIndex(reason: string): LayerError {
  return new LayerError('bad-index', `The index of a layer cannot be used: ${reason}.`, {
    detail: { reason },
  });
}
