import { blobSource, type ByteRange, type ByteSource } from '../../base/byte-source';
import { StoreError } from '../errors';
import type { Database } from './database';
import { INLINE_BYTES } from './part-writer';
import { partsOf, type PartList, type ReadTransaction } from './schema';

/** Parts of a fixed size. */
interface ChunkList extends PartList {
  readonly chunkBytes: number;
}

/**
 * The bytes of a list of parts. Parts that are Blobs are composed to one, of which nothing is read yet; ArrayBuffers are fetched as they
 * are read, unless they are few. Undefined where the parts are not all there.
 */
export async function partSource(
  db: Database,
  tx: ReadTransaction,
  list: PartList,
): Promise<ByteSource | undefined> {
  if (isChunked(list)) {
    return {
      size: list.size,
      open: (range) => new ReadableStream(new ChunkReader(db, list, range)),
    };
  }
  const source = blobSource(new Blob(await tx.objectStore('parts').getAll(partsOf(list.owner))));
  return source.size === list.size ? source : undefined;
}

function isChunked(list: PartList): list is ChunkList {
  return list.chunkBytes !== null && list.size > INLINE_BYTES;
}

/** Fetches one part for each pull. */
class ChunkReader implements UnderlyingDefaultSource<Uint8Array> {
  readonly #db: Database;
  readonly #list: ChunkList;
  readonly #end: number;
  #at: number;

  constructor(db: Database, list: ChunkList, range?: ByteRange) {
    this.#db = db;
    this.#list = list;
    this.#at = range?.start ?? 0;
    this.#end = Math.min(range?.end ?? list.size, list.size);
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { owner, chunkBytes } = this.#list;
    if (this.#at < this.#end) {
      const position = Math.floor(this.#at / chunkBytes);
      const part = await this.#db.read(['parts'], (tx) =>
        tx.objectStore('parts').get([owner, position]),
      );
      if (!(part instanceof ArrayBuffer)) throw partsGone();
      const from = this.#at - position * chunkBytes;
      const bytes = new Uint8Array(part).subarray(from, from + this.#end - this.#at);
      this.#at += bytes.length;
      controller.enqueue(bytes);
    }
    if (this.#at >= this.#end) controller.close();
  }
}

/** The blob was deleted while it was read. */
function partsGone(): StoreError {
  return new StoreError('blob-missing', 'The blob was removed while it was being read.');
}
