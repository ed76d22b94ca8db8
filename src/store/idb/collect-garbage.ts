import type { AbortOptions } from '../../base/task';
import type { Collected } from '../store';
import { endHold, holdLock } from './idb-holds';
import { ingestLock } from './pending-blob';
import {
  partsOf,
  type BlobRow,
  type HoldRow,
  type IngestRow,
  type Table,
  type WriteTransaction,
} from './schema';
import type { StoreContext } from './store-context';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A keyed ingest can be gone on with for this long. */
const RESUMABLE_MS = 7 * DAY_MS;
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
 * now whose lock is not held afterwards is dead for good, and one that comes later is left alone.
 */
export async function collectGarbage(
  context: StoreContext,
  { signal }: AbortOptions = {},
): Promise<Collected> {
  signal?.throwIfAborted();
  const dead = await findDead(context);
  const collect = async (tx: WriteTransaction): Promise<Collected> => {
    for (const id of dead.holds) await endHold(tx, id);
    for (const owner of dead.ingests) await tx.objectStore('ingests').delete(owner);
    const kept = await reachable(tx);
    const garbage = await deleteBlobs(tx, kept, context.now());
    await deleteIndexes(tx, kept);
    await deleteOrphans(tx);
    return garbage;
  };
  return context.db.write(TABLES, collect, { signal });
}

async function findDead({ db, locks, now }: StoreContext): Promise<Dead> {
  const [ingests, holds] = await db.read(['ingests', 'holds'], (tx) =>
    Promise.all([tx.objectStore('ingests').getAll(), tx.objectStore('holds').getAll()]),
  );
  const isHeld = await locks.heldNow();
  const age = (row: IngestRow | HoldRow): number => now() - row.touchedAt;
  const isGone = (row: IngestRow | HoldRow, lock: string): boolean =>
    isHeld ? !isHeld(lock) : age(row) > PRESUMED_DEAD_MS;
  return {
    ingests: ingests
      .filter((row) => isGone(row, ingestLock(row)))
      .filter((row) => row.key === undefined || age(row) > RESUMABLE_MS)
      .map(({ owner }) => owner),
    holds: holds.filter((row) => isGone(row, holdLock(row.id))).map(({ id }) => id),
  };
}

/** Digests and diff IDs that an image or a running load needs. */
async function reachable(tx: WriteTransaction): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const [, digest] of await tx.objectStore('held').getAllKeys()) kept.add(digest);
  for (const { target, blobs, diffIds } of await tx.objectStore('images').getAll()) {
    for (const digest of [target.digest, ...blobs, ...diffIds]) kept.add(digest);
  }
  return kept;
}

async function deleteBlobs(
  tx: WriteTransaction,
  kept: ReadonlySet<string>,
  now: number,
): Promise<Collected> {
  const rows: BlobRow[] = await tx.objectStore('blobs').getAll();
  const garbage: BlobRow[] = [];
  for (const row of rows) {
    const { digest } = row;
    if (kept.has(digest)) continue;
    await tx.objectStore('blobs').delete(digest);
    await tx.objectStore('problems').delete(digest);
    if (!(await reopenIngest(tx, row, now))) garbage.push(row);
  }
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

async function deleteIndexes(tx: WriteTransaction, kept: ReadonlySet<string>): Promise<void> {
  for (const diffId of await tx.objectStore('indexes').getAllKeys()) {
    if (!kept.has(diffId)) await tx.objectStore('indexes').delete(diffId);
  }
}

/** Parts whose blob or ingest is gone. One step an owner: the cursor leaps over the rest of its parts. */
async function deleteOrphans(tx: WriteTransaction): Promise<void> {
  const owners = new Set(await tx.objectStore('ingests').getAllKeys());
  for (const { owner } of await tx.objectStore('blobs').getAll()) owners.add(owner);
  const parts = tx.objectStore('parts');
  let cursor = await parts.openKeyCursor();
  while (cursor) {
    const [owner] = cursor.key;
    if (!owners.has(owner)) await parts.delete(partsOf(owner));
    cursor = await cursor.continue([owner, Infinity]);
  }
}
