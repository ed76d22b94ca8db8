import { joinStreams, type ByteSource } from '../../base/byte-source';
import type { TaskOptions } from '../../base/task';
import type { Digest } from '../../oci/digest';
import type {
  Adoption,
  BlobInfo,
  ContentStore,
  Ingest,
  IngestOptions,
  Scratch,
  ScratchOptions,
} from '../content-store';
import { blobMissing, ingestGone } from '../errors';
import { IdbAdoption } from './idb-adoption';
import { partSource } from './part-source';
import { PartWriter } from './part-writer';
import { PendingBlob } from './pending-blob';
import { partsOf } from './schema';
import type { StoreContext } from './store-context';

/** Blobs as lists of parts: what is written once is never copied, a commit only points to it. */
export class IdbContentStore implements ContentStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async stat(digest: Digest): Promise<BlobInfo | undefined> {
    const row = await this.#context.db.read(['blobs'], (tx) => tx.objectStore('blobs').get(digest));
    return row && { digest, size: row.size };
  }

  async open(digest: Digest): Promise<ByteSource> {
    const { db } = this.#context;
    const source = await db.read(['blobs', 'parts'], async (tx) => {
      const row = await tx.objectStore('blobs').get(digest);
      return row && partSource(db, tx, row);
    });
    if (!source) throw blobMissing(digest);
    return source;
  }

  async begin({ key, signal }: IngestOptions = {}): Promise<Ingest> {
    signal?.throwIfAborted();
    const blob = await (key === undefined
      ? PendingBlob.fresh(this.#context)
      : PendingBlob.keyed(this.#context, key, { signal }));
    const writer = new PartWriter(blob, { isKeyed: key !== undefined });
    return {
      offset: blob.list.size,
      write: (chunk) => writer.write(chunk),
      written: () => this.#written(blob, writer),
      commit: (expected, index) => writer.commit(expected, index),
      suspend: () => (key === undefined ? writer.drop() : writer.suspend()),
      abort: () => writer.drop(),
    };
  }

  async written(key: Digest): Promise<number> {
    return this.#context.db.read(['blobs', 'ingests'], async (tx) => {
      const [blob, ingest] = await Promise.all([
        tx.objectStore('blobs').get(key),
        tx.objectStore('ingests').index('key').get(key),
      ]);
      return blob?.size ?? ingest?.size ?? 0;
    });
  }

  async adopt(bytes: Blob, options: TaskOptions = {}): Promise<Adoption> {
    options.signal?.throwIfAborted();
    return new IdbAdoption(await PendingBlob.fresh(this.#context), bytes, options);
  }

  async scratch({ id, signal }: ScratchOptions = {}): Promise<Scratch> {
    signal?.throwIfAborted();
    const blob = await (id === undefined
      ? PendingBlob.fresh(this.#context)
      : PendingBlob.shared(this.#context, id));
    if (id === undefined) await blob.announce();
    const writer = new PartWriter(blob);
    return {
      id: blob.list.owner,
      write: (chunk) => writer.write(chunk),
      finish: () => this.#finish(blob.list.owner, writer),
      release: () => writer.drop(),
    };
  }

  async delete(digest: Digest): Promise<boolean> {
    return this.#context.db.write(['blobs', 'parts'], async (tx) => {
      const row = await tx.objectStore('blobs').get(digest);
      if (!row) return false;
      await tx.objectStore('blobs').delete(digest);
      await tx.objectStore('parts').delete(partsOf(row.owner));
      return true;
    });
  }

  async *list(): AsyncGenerator<BlobInfo> {
    const rows = await this.#context.db.read(['blobs'], (tx) => tx.objectStore('blobs').getAll());
    for (const { digest, size } of rows) yield { digest, size };
  }

  async #written(blob: PendingBlob, writer: PartWriter): Promise<ReadableStream<Uint8Array>> {
    const gathered = await writer.gathered();
    const { db } = this.#context;
    const { list } = blob;
    const stored = await db.read(['parts'], (tx) => partSource(db, tx, list));
    if (!stored) throw ingestGone();
    return joinStreams([() => stored.open(), () => gathered.stream()]);
  }

  /** Whichever contexts wrote it, its row says what is there. */
  async #finish(owner: string, writer: PartWriter): Promise<ByteSource> {
    await writer.finish();
    const { db } = this.#context;
    const source = await db.read(['ingests', 'parts'], async (tx) => {
      const row = await tx.objectStore('ingests').get(owner);
      return row && partSource(db, tx, row);
    });
    if (!source) throw ingestGone();
    return source;
  }
}
