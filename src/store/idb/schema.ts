import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import { toHex } from '../../base/bytes';
import type { Digest } from '../../oci/digest';
import type { BlobProblem, ImageRoot, Ref } from '../metadata-store';

/** A run of a blob's bytes. Small ones are ArrayBuffers, which are read without a file; so are all where the browser refuses Blobs. */
export type Part = Blob | ArrayBuffer;

/** Where the bytes of a blob or an ingest are: in the parts from `[owner, 0]` on, in order. */
export interface PartList {
  /** A random name: what is written once is never renamed, only pointed to by another row. */
  readonly owner: string;
  /** Bytes in all parts. */
  readonly size: number;
  /** Set where the parts are ArrayBuffers of this many bytes each, the last maybe fewer. */
  readonly chunkBytes: number | null;
}

export interface BlobRow extends PartList {
  readonly digest: Digest;
  /** Set while it came under a key and no image has named it: how many parts it has, so that it can become an ingest again. */
  readonly unclaimedParts?: number;
}

/** Bytes on their way in. Alive while its lock is held; with a key, for a week longer. */
export interface IngestRow extends PartList {
  readonly key?: Digest;
  readonly parts: number;
  /** Milliseconds since the epoch. */
  readonly touchedAt: number;
}

export interface HoldRow {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly touchedAt: number;
}

export interface Schema extends DBSchema {
  parts: { key: [owner: string, position: number]; value: Part };
  blobs: { key: Digest; value: BlobRow };
  ingests: { key: string; value: IngestRow; indexes: { key: string } };
  refs: { key: string; value: Ref; indexes: { target: string } };
  images: { key: Digest; value: ImageRoot };
  /** Layer indexes by diff ID. */
  indexes: { key: Digest; value: ArrayBuffer };
  settings: { key: string; value: unknown };
  problems: { key: Digest; value: BlobProblem };
  holds: { key: string; value: HoldRow };
  /** Digests and diff IDs by the hold that keeps them. */
  held: { key: [hold: string, digest: string]; value: true };
  /** A name that is new with every commit, by what was committed to. */
  revisions: { key: 'metadata'; value: string };
}

export type Table = StoreNames<Schema>;
export type ReadTransaction = IDBPTransaction<Schema, Table[]>;
export type WriteTransaction = IDBPTransaction<Schema, Table[], 'readwrite'>;

/** Brings the database from one version to the next. May await nothing but the transaction. */
export type Migration = (
  db: IDBPDatabase<Schema>,
  transaction: IDBPTransaction<Schema, Table[], 'versionchange'>,
) => void | Promise<void>;

/**
 * The first makes version 1 of nothing, the next version 2 of that, and so on; the version of the schema is their number. One that was
 * released is never changed: stored databases have run it.
 */
export const MIGRATIONS: readonly Migration[] = [
  (db) => {
    db.createObjectStore('parts');
    db.createObjectStore('blobs', { keyPath: 'digest' });
    db.createObjectStore('ingests', { keyPath: 'owner' }).createIndex('key', 'key');
    db.createObjectStore('refs', { keyPath: 'name' }).createIndex('target', 'target.digest');
    db.createObjectStore('images', { keyPath: 'target.digest' });
    db.createObjectStore('indexes');
    db.createObjectStore('settings');
    db.createObjectStore('problems', { keyPath: 'digest' });
    db.createObjectStore('holds', { keyPath: 'id' });
    db.createObjectStore('held');
  },
  (db) => {
    db.createObjectStore('revisions');
  },
];

/** All parts of an owner. */
export function partsOf(owner: string): IDBKeyRange {
  return IDBKeyRange.bound([owner, 0], [owner, []], false, true);
}

/** All that a hold keeps. */
export function heldBy(hold: string): IDBKeyRange {
  return IDBKeyRange.bound([hold, ''], [hold, []], false, true);
}

/** A name that no other context makes: 128 random bits. (`randomUUID` is missing where the page is not secure.) */
export function randomName(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
