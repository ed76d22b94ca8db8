import type { AbortOptions } from '../../base/task';
import type { Digest } from '../../oci/digest';
import type { BlobInfo, ExpectedBlob } from '../content-store';
import { ingestGone, sizeMismatch } from '../errors';
import type { LayerIndexBytes } from '../index-store';
import { holdEverywhere } from './idb-holds';
import { putIndex } from './idb-indexes';
import {
  partsOf,
  randomName,
  type IngestRow,
  type Part,
  type PartList,
  type Table,
  type WriteTransaction,
} from './schema';
import type { StoreContext } from './store-context';

/** Bytes of a part where the browser takes no Blobs: what a read of one byte costs. */
export const CHUNK_BYTES = 4 * 1024 * 1024;

/** The lock that keeps an ingest alive: of its key, so that no two write under one, or else of its owner. */
export function ingestLock({ owner, key }: Pick<IngestRow, 'owner' | 'key'>): string {
  return key === undefined ? `ingest:${owner}` : `key:${key}`;
}

/**
 * Parts that no blob owns yet. The row and its lock come with the first part, so that a small blob is one transaction; the lock is taken
 * before the row is written, so that a row without a lock is one whose writer is gone.
 */
export class PendingBlob {
  readonly #context: StoreContext;
  #row: IngestRow;
  #isWritten: boolean;
  #release: (() => void) | undefined;

  private constructor(context: StoreContext, row: IngestRow, state: PendingState) {
    this.#context = context;
    this.#row = row;
    this.#isWritten = state.isWritten;
    this.#release = state.release;
  }

  static async fresh(context: StoreContext): Promise<PendingBlob> {
    return new PendingBlob(context, await emptyRow(context), { isWritten: false });
  }

  /** Goes on with what was written under a key, once nobody else writes there. */
  static async keyed(
    context: StoreContext,
    key: Digest,
    options: AbortOptions,
  ): Promise<PendingBlob> {
    const release = await context.locks.acquire(ingestLock({ owner: '', key }), options);
    try {
      const row = await context.db.read(['ingests'], (tx) =>
        tx.objectStore('ingests').index('key').get(key),
      );
      const begun = row ?? { ...(await emptyRow(context)), key };
      return new PendingBlob(context, begun, { isWritten: row !== undefined, release });
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Goes on with an ingest whose lock another context holds. Rejects with `store-conflict` where it is gone. */
  static async shared(context: StoreContext, owner: string): Promise<PendingBlob> {
    const row = await context.db.read(['ingests'], (tx) => tx.objectStore('ingests').get(owner));
    if (!row) throw ingestGone();
    return new PendingBlob(context, row, { isWritten: true, release: () => undefined });
  }

  /** Where the parts are; `size` is the bytes written so far. */
  get list(): PartList {
    return this.#row;
  }

  /** Writes the row before there is a part, so that another context finds it. */
  announce(): Promise<void> {
    return this.#write(['ingests'], this.#row, () => Promise.resolve());
  }

  /** Adds bytes at the end. */
  append(part: Part, options: AbortOptions = {}): Promise<void> {
    const { owner, size, parts } = this.#row;
    const row = { ...this.#row, size: size + sizeOf(part), parts: parts + 1 };
    const put = (tx: WriteTransaction): Promise<unknown> =>
      tx.objectStore('parts').put(part, [owner, parts]);
    return this.#write(['ingests', 'parts'], row, put, options);
  }

  /** Makes a blob of what was written, and drops it where the blob is stored already. Keeps nothing when it rejects. */
  async commit(expected: ExpectedBlob, rest: LastOfBlob = {}): Promise<BlobInfo> {
    const { digest, size } = expected;
    const found = this.#row.size + (rest.last ? sizeOf(rest.last) : 0);
    try {
      if (found !== size) throw sizeMismatch(expected, found);
      await this.#commit(digest, rest);
    } catch (error) {
      // What it was that failed matters more than that its rest is left to the sweep.
      await this.drop().catch(() => undefined);
      throw error;
    }
    this.letGo();
    return { digest, size };
  }

  /** Forgets what was written. Harmless after a commit. */
  async drop(): Promise<void> {
    const { owner } = this.#row;
    try {
      if (!this.#isWritten) return;
      await this.#context.db.write(['ingests', 'parts'], async (tx) => {
        await tx.objectStore('ingests').delete(owner);
        await tx.objectStore('parts').delete(partsOf(owner));
      });
    } finally {
      this.letGo();
    }
  }

  /** Ends this without a change to what is stored. */
  letGo(): void {
    this.#isWritten = false;
    this.#release?.();
    this.#release = undefined;
  }

  #commit(digest: Digest, { last, index }: LastOfBlob): Promise<void> {
    const { owner } = this.#row;
    const tables: Table[] = ['parts', 'ingests', 'blobs', 'problems', 'holds', 'held'];
    return this.#context.db.write(index ? [...tables, 'indexes'] : tables, async (tx) => {
      const [isNew] = await Promise.all([
        makeRoom(tx, digest),
        this.#isWritten && removeRow(tx, owner),
        holdEverywhere(tx, digest),
        index && putIndex(tx, index),
      ]);
      await (isNew
        ? this.#putBlob(tx, digest, last)
        : tx.objectStore('parts').delete(partsOf(owner)));
    });
  }

  async #putBlob(tx: WriteTransaction, digest: Digest, last: Part | undefined): Promise<void> {
    const { owner, key, chunkBytes, parts, size } = this.#row;
    const whole = { digest, size: size + (last ? sizeOf(last) : 0), owner, chunkBytes };
    const unclaimed = key === undefined ? {} : { unclaimedParts: parts + (last ? 1 : 0) };
    await Promise.all([
      last && tx.objectStore('parts').put(last, [owner, parts]),
      tx.objectStore('blobs').put({ ...whole, ...unclaimed }),
    ]);
  }

  async #write(
    tables: Table[],
    row: IngestRow,
    body: (tx: WriteTransaction) => Promise<unknown>,
    options: AbortOptions = {},
  ): Promise<void> {
    this.#release ??= await this.#context.locks.acquire(ingestLock(row), options);
    const { db, now } = this.#context;
    // All requests at once: a thread that is busy reading is late to answer between them.
    const write = async (tx: WriteTransaction): Promise<void> => {
      const ingests = tx.objectStore('ingests');
      const [known] = await Promise.all([
        this.#isWritten ? ingests.getKey(row.owner) : row.owner,
        ingests.put({ ...row, touchedAt: now() }),
        body(tx),
      ]);
      if (known === undefined) throw ingestGone();
    };
    await db.write(tables, write, options);
    this.#row = row;
    this.#isWritten = true;
  }
}

/** What comes with the commit of a blob, in the same transaction. */
interface LastOfBlob {
  readonly last?: Part | undefined;
  readonly index?: LayerIndexBytes | undefined;
}

interface PendingState {
  /** The row is in the database. */
  readonly isWritten: boolean;
  /** Set where the lock is held. */
  readonly release?: () => void;
}

async function emptyRow(context: StoreContext): Promise<IngestRow> {
  const chunkBytes = (await context.takesBlobs()) ? null : CHUNK_BYTES;
  return { owner: randomName(), size: 0, parts: 0, chunkBytes, touchedAt: 0 };
}

function sizeOf(part: Part): number {
  return part instanceof ArrayBuffer ? part.byteLength : part.size;
}

/** Rejects with `store-conflict` where someone else has removed it, so that no part is left without a row. */
async function removeRow(tx: WriteTransaction, owner: string): Promise<void> {
  const ingests = tx.objectStore('ingests');
  if ((await ingests.getKey(owner)) === undefined) throw ingestGone();
  await ingests.delete(owner);
}

/** False where the blob is stored and sound. A blob that was found corrupt is replaced, and its problem is over. */
async function makeRoom(tx: WriteTransaction, digest: Digest): Promise<boolean> {
  const [stored, problem] = await Promise.all([
    tx.objectStore('blobs').get(digest),
    tx.objectStore('problems').getKey(digest),
  ]);
  if (stored && problem === undefined) return false;
  await tx.objectStore('problems').delete(digest);
  if (stored) await tx.objectStore('parts').delete(partsOf(stored.owner));
  return true;
}
