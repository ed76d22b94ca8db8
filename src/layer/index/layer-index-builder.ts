import { LIMITS } from '../../base/limits';
import type { TarEntry } from '../../codec/tar/tar-entry';
import type { Xxh3 } from '../../codec/hash/xxh3';
import { isMarkerKind, Kind, packTraits, partOf, type EntryColumns } from './entry-columns';
import { layerPath } from './entry-path';
import { encodeExtras } from './entry-extras';
import { LayerError } from '../errors';
import { ByteColumn, Float64Column, Uint32Column } from './growable-columns';
import { findImpliedDirectories } from './implied-directories';
import { withImplied, type EncodedColumns, type IndexHeader } from './index-format';
import { NameTable } from './name-table';
import { PathTable } from './path-table';
import { copyRows, sortRows, splitRows } from './sorted-rows';

/** Records up to this many bytes are kept once where many entries share one, as with SELinux labels. */
const SHARED_RECORD_BYTES = 256;
const SHARED_RECORDS = 4096;

/** What a layer may hold at most. */
export interface LayerLimits {
  readonly layerEntries: number;
  /** Bytes. */
  readonly layerNameBytes: number;
}

/**
 * Builds the index of a layer from what a tar reader says, in the order it says it. Keeps columns and no object per entry.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export class LayerIndexBuilder {
  readonly #hasher: Xxh3;
  readonly #limits: LayerLimits;
  readonly #paths = new ByteColumn();
  readonly #pathStarts = new Uint32Column();
  readonly #links = new ByteColumn();
  readonly #linkStarts = new Uint32Column();
  readonly #sizes = new Float64Column();
  readonly #contentOffsets = new Float64Column();
  readonly #mtimes = new Float64Column();
  readonly #hashes = new Uint32Column();
  readonly #uids = new Uint32Column();
  readonly #gids = new Uint32Column();
  readonly #traits = new Uint32Column();
  readonly #extras = new Uint32Column();
  readonly #extraBytes = new ByteColumn();
  readonly #sharedRecords = new Map<string, number>();
  /** Rows by path, as far as they have been sorted. */
  readonly #order: number[] = [];
  #unpackedSize = 0;
  /** True while the last row's content is being hashed. */
  #isHashing = false;

  constructor(hasher: Xxh3, limits: LayerLimits = LIMITS) {
    this.#hasher = hasher;
    this.#limits = limits;
    this.#pathStarts.push(0);
    this.#linkStarts.push(0);
  }

  /** Rows so far, duplicates included. */
  get rowCount(): number {
    return this.#sizes.length;
  }

  /** Bytes of content of all files so far. */
  get unpackedSize(): number {
    return this.#unpackedSize;
  }

  /** Throws `limit-exceeded`. */
  entry(entry: TarEntry): void {
    this.#finishContent();
    this.#unpackedSize += entry.size;
    const { role, path } = layerPath(entry.path);
    if (role === 'ignored') return;
    this.#checkLimits(path);
    if (role === 'entry') this.#addRow(entry, path, Kind[entry.type]);
    else this.#addRow(entry, path, role === 'whiteout' ? Kind.whiteout : Kind.opaque);
  }

  /** A piece of the content of the entry that came last. */
  content(chunk: Uint8Array): void {
    if (this.#isHashing) this.#hasher.update(chunk);
  }

  /** The index of what has come so far, its own copy. Which directories it implies is left to whoever asks it. */
  snapshot(header: IndexHeader): ArrayBuffer {
    return this.#encode(header).buffer;
  }

  /** The whole index, with the directories that it implies: it is stored, and opened many times. */
  finish(header: IndexHeader): ArrayBuffer {
    this.#finishContent();
    const { buffer, columns } = this.#encode(header);
    return withImplied(buffer, findImpliedDirectories(columns).buffer);
  }

  #checkLimits(path: Uint8Array): void {
    const { layerEntries, layerNameBytes } = this.#limits;
    if (this.rowCount >= layerEntries) throw limitExceeded(`more than ${layerEntries} entries`);
    if (this.#paths.length + path.length > layerNameBytes) {
      throw limitExceeded(`more than ${layerNameBytes} bytes of paths`);
    }
  }

  #addRow(entry: TarEntry, path: Uint8Array, kind: Kind): void {
    const isFile = kind === Kind.file;
    this.#paths.append(path);
    this.#pathStarts.push(this.#paths.length);
    if (!isMarkerKind(kind)) this.#links.append(entry.linkname);
    this.#linkStarts.push(this.#links.length);
    this.#sizes.push(isFile ? entry.size : 0);
    this.#contentOffsets.push(entry.contentOffset);
    this.#mtimes.push(entry.mtime);
    this.#hashes.push(0);
    this.#hashes.push(0);
    this.#uids.push(entry.uid);
    this.#gids.push(entry.gid);
    this.#traits.push(packTraits(kind, entry.mode));
    this.#extras.push(this.#addExtras(entry));
    this.#isHashing = isFile && entry.size > 0;
    if (!this.#isHashing) return;
    this.#hasher.init();
    // Two sparse files are the same when their runs and what is in them are.
    if (entry.sparse) {
      const runs = entry.sparse.flatMap(({ offset, length }) => [offset, length]);
      this.#hasher.update(new Uint8Array(Float64Array.from(runs).buffer));
    }
  }

  #addExtras(entry: TarEntry): number {
    const record = encodeExtras(entry);
    if (!record) return 0;
    const key = record.length <= SHARED_RECORD_BYTES ? record.join() : undefined;
    const shared = key === undefined ? undefined : this.#sharedRecords.get(key);
    if (shared !== undefined) return shared;
    const reference = this.#extraBytes.length + 1;
    this.#extraBytes.append(record);
    if (key !== undefined && this.#sharedRecords.size < SHARED_RECORDS) {
      this.#sharedRecords.set(key, reference);
    }
    return reference;
  }

  #finishContent(): void {
    if (!this.#isHashing) return;
    this.#isHashing = false;
    const sum = this.#hasher.digest();
    const at = this.#hashes.length - 2;
    this.#hashes.set(at, readUint32(sum, 4));
    this.#hashes.set(at + 1, readUint32(sum, 0));
  }

  /** The columns are of the rows that count. */
  #encode(header: IndexHeader): EncodedColumns {
    const rows = this.#sortedRows();
    const split = splitRows(this.#order, rows);
    const replacedEntries = this.rowCount - split.kept.length;
    const { buffer, columns } = copyRows(rows, split, { ...header, replacedEntries });
    return { buffer, columns: partOf(columns, 0, split.kept.length) };
  }

  /** In the order of the tar; `#order` sorts them. What a snapshot sorted is a run that the next sort merges with the rows since. */
  #sortedRows(): EntryColumns {
    for (let row = this.#order.length; row < this.rowCount; row++) this.#order.push(row);
    const rows = this.#rows();
    sortRows(this.#order, rows);
    return rows;
  }

  /** In the order of the tar. */
  #rows(): EntryColumns {
    return {
      rowCount: this.rowCount,
      paths: new PathTable(this.#paths.view(), this.#pathStarts.view(), new Uint16Array()),
      links: new NameTable(this.#links.view(), this.#linkStarts.view()),
      sizes: this.#sizes.view(),
      contentOffsets: this.#contentOffsets.view(),
      mtimes: this.#mtimes.view(),
      hashes: this.#hashes.view(),
      uids: this.#uids.view(),
      gids: this.#gids.view(),
      traits: this.#traits.view(),
      extras: this.#extras.view(),
      extraBytes: this.#extraBytes.view(),
    };
  }
}

/** Most significant byte first. */
function readUint32(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function limitExceeded(what: string): LayerError {
  return new LayerError('limit-exceeded', `The layer has ${what}, which is the limit.`, {
    detail: { what },
  });
}
