import { toHex } from '../../base/bytes';
import { digestHex, digestOfHex, type Digest } from '../../oci/digest';
import { KIND_COUNT, kindOf, type EntryColumns } from './entry-columns';
import { LayerError } from '../errors';
import { NameTable } from './name-table';
import { PathTable } from './path-table';

/** `DDLI`, little-endian as all of it. */
const MAGIC = 0x494c4444;
/** To be raised with any change of the layout: an index of another version is rebuilt from its blob. */
const VERSION = 4;
const HEADER_BYTES = 96;
/** Where an index within an index may begin, so that its columns are aligned. */
const ALIGNMENT = 8;

/** What an index says of the layer as a whole. */
export interface IndexHeader {
  /** Undefined in the index of a layer that is still being read. */
  readonly diffId: Digest | undefined;
  readonly unpackedSize: number;
  readonly tarSize: number;
  /** See `LayerIndex`; 0 where nothing is said. */
  readonly replacedEntries?: number;
  /** How many of its rows, the last, only say what was at a path before; 0 where nothing is said. */
  readonly replacedRows?: number;
}

/** How much of what an index holds: enough to know where each column lies. */
export interface IndexShape {
  readonly rowCount: number;
  readonly pathBytes: number;
  readonly linkBytes: number;
  readonly extraBytes: number;
}

/** An index and the columns that lie in it. */
export interface EncodedColumns {
  readonly buffer: ArrayBuffer;
  readonly columns: EntryColumns;
}

/** A new index of that shape: its columns are zeros, to be filled in place. */
export function allocateIndex(header: IndexHeader, shape: IndexShape): EncodedColumns {
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
  view.setUint32(80, header.replacedEntries ?? 0, true);
  view.setUint32(84, header.replacedRows ?? 0, true);
  if (header.diffId) writeHex(new Uint8Array(buffer, 48, 32), digestHex(header.diffId));
  return { buffer, columns: layOut(buffer, 0, shape) };
}

/** An index with another one behind it: that of the directories which it implies. */
export function withImplied(index: ArrayBuffer, implied: ArrayBuffer): ArrayBuffer {
  const at = Math.ceil(index.byteLength / ALIGNMENT) * ALIGNMENT;
  const both = new Uint8Array(at + implied.byteLength);
  both.set(new Uint8Array(index));
  both.set(new Uint8Array(implied), at);
  new DataView(both.buffer).setUint32(44, at, true);
  return both.buffer;
}

interface ReadColumns {
  readonly header: Required<IndexHeader>;
  readonly columns: EntryColumns;
}

export interface ReadIndex extends ReadColumns {
  /** Directories that it implies, as `findImpliedDirectories` gives them; undefined where that is yet to be done. */
  readonly implied: EntryColumns | undefined;
}

/** Reads what `allocateIndex` laid out, without copying. Throws `bad-index`. */
export function readIndex(buffer: ArrayBuffer): ReadIndex {
  if (buffer.byteLength < HEADER_BYTES) throw badIndex('it is too short');
  const impliedAt = new DataView(buffer).getUint32(44, true);
  if (impliedAt === 0) {
    return { ...readColumns(buffer, 0, buffer.byteLength), implied: undefined };
  }
  const isInside = impliedAt <= buffer.byteLength - HEADER_BYTES;
  if (!isInside || impliedAt % ALIGNMENT !== 0) throw badIndex('what it implies is not in it');
  return {
    ...readColumns(buffer, 0, impliedAt),
    implied: readColumns(buffer, impliedAt, buffer.byteLength).columns,
  };
}

/** The columns between two places of a buffer, with up to a word of nothing behind them. */
function readColumns(buffer: ArrayBuffer, start: number, end: number): ReadColumns {
  const view = new DataView(buffer, start);
  if (view.getUint32(0, true) !== MAGIC) throw badIndex('it does not begin as one');
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw badIndex(`it is of version ${version}, not ${VERSION}`);
  const shape = {
    rowCount: view.getUint32(8, true),
    pathBytes: view.getUint32(32, true),
    linkBytes: view.getUint32(36, true),
    extraBytes: view.getUint32(40, true),
  };
  const unused = end - start - byteLengthOf(shape);
  if (!(unused >= 0 && unused < ALIGNMENT)) throw badIndex('its length is wrong');
  const columns = layOut(buffer, start, shape);
  checkColumns(columns);
  const hasDiffId = view.getUint32(12, true) === 1;
  if (view.getUint32(84, true) > shape.rowCount) throw badIndex('it has fewer rows than it says');
  const header = {
    diffId: hasDiffId ? digestOfHex(toHex(new Uint8Array(buffer, start + 48, 32))) : undefined,
    unpackedSize: view.getFloat64(16, true),
    tarSize: view.getFloat64(24, true),
    replacedEntries: view.getUint32(80, true),
    replacedRows: view.getUint32(84, true),
  };
  return { header, columns };
}

/** The widest columns first, so that every column is aligned. */
function layOut(buffer: ArrayBuffer, start: number, shape: IndexShape): EntryColumns {
  const { rowCount } = shape;
  let at = start + HEADER_BYTES;
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
