import type { AbortOptions } from '../../base/task';
import type { Digest } from '../../oci/digest';
import { RESUMABLE_MS } from '../content-store';
import type { Collected } from '../store';
import { forEachAtOnce } from './database';
import { endHold, holdLock } from './idb-holds';
import { ingestLock } from './pending-blob';
import {
  partsOf,
  type BlobRow,
  type HoldRow,
  type IngestRow,
  type ReadTransaction,
  type Table,
  type WriteTransaction,
} from './schema';
import type { StoreContext } from './store-context';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Where no locks tell who lives: what nobody touched for this long is dead. */
const PRESUMED_DEAD_MS = DAY_MS;

const TABLES: Table[] = [
  'parts',
  'blobs',
  'ingests',
  'images',
  'indexes',
  'problems',
  'holds',
  'held',
];

/** Ingests and holds whose context is gone. */
interface Dead {
  readonly ingests: readonly string[];
  readonly holds: readonly string[];
}

/**
 * Deletes what nothing needs, in one transaction. Who is dead is found out before: a row is written after its lock is taken, so a row seen
 * now whose lock is not held afterwards is dead for good, and one that comes later is left alone. Where there is nothing to delete, which is
 * at most starts, nobody who reads has to wait for this.
 */
export async function collectGarbage(
  context: StoreContext,
  { signal }: AbortOptions = {},
): Promise<Collected> {
  signal?.throwIfAborted();
  const dead = await findDead(context);
  const isAnyDead = dead.ingests.length + dead.holds.length > 0;
  if (!isAnyDead && !(await context.db.read(TABLES, isAnyGarbage))) return { blobs: [], bytes: 0 };
  const collect = async (tx: WriteTransaction): Promise<Collected> => {
    await forEachAtOnce(dead.holds, (id) => endHold(tx, id));
    await forEachAtOnce(dead.ingests, (owner) => tx.objectStore('ingests').delete(owner));
    const { blobs, indexes } = await findGarbage(tx);
    const collected = await deleteBlobs(tx, blobs, context.now());
    await forEachAtOnce(indexes, (diffId) => tx.objectStore('indexes').delete(diffId));
    const orphans = await findOrphans(tx);
    await forEachAtOnce(orphans, (owner) => tx.objectStore('parts').delete(partsOf(owner)));
    return collected;
  };
  return context.db.write(TABLES, collect, { signal });
}

async function isAnyGarbage(tx: ReadTransaction): Promise<boolean> {
  const [{ blobs, indexes }, orphans] = await Promise.all([findGarbage(tx), findOrphans(tx)]);
  return blobs.length + indexes.length + orphans.length > 0;
}

async function findDead({ db, locks, now }: StoreContext): Promise<Dead> {
  const [ingests, holds] = await db.read(['ingests', 'holds'], (tx) =>
    Promise.all([tx.objectStore('ingests').getAll(), tx.objectStore('holds').getAll()]),
  );
  const held = await locks.held();
  const age = (row: IngestRow | HoldRow): number => now() - row.touchedAt;
  const isGone = (row: IngestRow | HoldRow, lock: string): boolean =>
    held ? !held.has(lock) : age(row) > PRESUMED_DEAD_MS;
  return {
    ingests: ingests
      .filter((row) => isGone(row, ingestLock(row)))
      .filter((row) => row.key === undefined || age(row) > RESUMABLE_MS)
      .map(({ owner }) => owner),
    holds: holds.filter((row) => isGone(row, holdLock(row.id))).map(({ id }) => id),
  };
}

/** Blobs, and layers' indexes, that no image and no running load needs. */
interface Garbage {
  readonly blobs: readonly BlobRow[];
  readonly indexes: readonly Digest[];
}

async function findGarbage(tx: ReadTransaction | WriteTransaction): Promise<Garbage> {
  const [held, images, blobs, indexes] = await Promise.all([
    tx.objectStore('held').getAllKeys(),
    tx.objectStore('images').getAll(),
    tx.objectStore('blobs').getAll(),
    tx.objectStore('indexes').getAllKeys(),
  ]);
  const kept = new Set<string>(held.map(([, digest]) => digest));
  for (const { target, blobs: named, diffIds } of images) {
    for (const digest of [target.digest, ...named, ...diffIds]) kept.add(digest);
  }
  return {
    blobs: blobs.filter(({ digest }) => !kept.has(digest)),
    indexes: indexes.filter((diffId) => !kept.has(diffId)),
  };
}

async function deleteBlobs(
  tx: WriteTransaction,
  blobs: readonly BlobRow[],
  now: number,
): Promise<Collected> {
  const take = async (row: BlobRow): Promise<boolean> => {
    const [isReopened] = await Promise.all([
      reopenIngest(tx, row, now),
      tx.objectStore('blobs').delete(row.digest),
      tx.objectStore('problems').delete(row.digest),
    ]);
    return !isReopened;
  };
  const isGone = await Promise.all(blobs.map(take));
  const garbage = blobs.filter((_, i) => isGone[i]);
  return {
    blobs: garbage.map(({ digest }) => digest),
    bytes: garbage.reduce((sum, { size }) => sum + size, 0),
  };
}

/**
 * A blob that came under a key for an image that was then not stored becomes the ingest that it was, so that the next attempt has it. False
 * where it is none, or where another ingest goes by its key.
 */
async function reopenIngest(
  tx: WriteTransaction,
  { digest, unclaimedParts: parts, ...list }: BlobRow,
  now: number,
): Promise<boolean> {
  const ingests = tx.objectStore('ingests');
  if (parts === undefined || (await ingests.index('key').getKey(digest)) !== undefined)
    return false;
  await ingests.put({ ...list, key: digest, parts, touchedAt: now });
  return true;
}

/** Owners of parts whose blob or ingest is gone. */
async function findOrphans(tx: ReadTransaction | WriteTransaction): Promise<readonly string[]> {
  const [ingests, blobs, parts] = await Promise.all([
    tx.objectStore('ingests').getAllKeys(),
    tx.objectStore('blobs').getAll(),
    tx.objectStore('parts').getAllKeys(),
  ]);
  const owners = new Set([...ingests, ...blobs.map(({ owner }) => owner)]);
  return [...new Set(parts.map(([owner]) => owner))].filter((owner) => !owners.has(owner));
}
