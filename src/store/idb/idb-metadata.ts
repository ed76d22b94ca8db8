import type { Digest } from '../../oci/digest';
import { blobMissing, metadataConflict, refConflict } from '../errors';
import {
  isSameImage,
  type ExpectedMetadata,
  type ImageReader,
  type ImageRoot,
  type MetadataChange,
  type Ref,
  type RefReader,
} from '../metadata-store';
import { forEachAtOnce, type Database } from './database';
import { KeptRows, type Revisions } from './kept-rows';
import { randomName, type WriteTransaction } from './schema';

/** The names and images of a database, and what changes them. */
export class IdbMetadata {
  readonly refs: RefReader;
  readonly images: ImageReader;
  readonly #db: Database;
  readonly #refRows: KeptRows<'refs'>;
  readonly #imageRows: KeptRows<'images'>;

  constructor(db: Database) {
    const refRows = new KeptRows(db, 'refs', ({ name }) => name);
    const imageRows = new KeptRows(db, 'images', ({ target }) => target.digest);
    this.#db = db;
    this.#refRows = refRows;
    this.#imageRows = imageRows;
    this.refs = {
      resolve: async (name) => {
        const ref = await db.read(['refs'], (tx) => tx.objectStore('refs').get(name));
        return ref?.target;
      },
      async *list(): AsyncGenerator<Ref> {
        yield* await refRows.all();
      },
    };
    this.images = {
      get: (digest) => db.read(['images'], (tx) => tx.objectStore('images').get(digest)),
      async *list(): AsyncGenerator<ImageRoot> {
        yield* await imageRows.all();
      },
    };
  }

  /** One transaction, on disk when it resolves. Rejects with `store-conflict` or `blob-missing`, and has then changed nothing. */
  async commit(change: MetadataChange): Promise<void> {
    const revisions = await this.#db.write(
      ['refs', 'images', 'blobs', 'revisions'],
      (tx) => apply(tx, change),
      { durability: 'strict' },
    );
    const { deleteRefs = [], deleteImages = [], putImages = [], putRefs = [] } = change;
    this.#refRows.follow(revisions, { deleted: deleteRefs, put: putRefs });
    this.#imageRows.follow(revisions, { deleted: deleteImages, put: putImages });
  }
}

async function apply(tx: WriteTransaction, change: MetadataChange): Promise<Revisions> {
  const { expected = {}, deleteRefs = [], deleteImages = [] } = change;
  const { putImages = [], putRefs = [] } = change;
  await checkExpected(tx, expected);
  await forEachAtOnce(putImages, (image) => checkBlobs(tx, image));
  await forEachAtOnce(deleteRefs, (name) => tx.objectStore('refs').delete(name));
  await forEachAtOnce(deleteImages, (digest) => tx.objectStore('images').delete(digest));
  await forEachAtOnce(putImages, (image) => tx.objectStore('images').put(image));
  await forEachAtOnce(putImages, (image) => claimBlobs(tx, image));
  await forEachAtOnce(putRefs, (ref) => tx.objectStore('refs').put(ref));
  const targets = new Set(putRefs.map(({ target }) => target.digest));
  await forEachAtOnce([...targets, ...deleteImages], (digest) => checkRefs(tx, digest));
  return revise(tx);
}

async function revise(tx: WriteTransaction): Promise<Revisions> {
  const table = tx.objectStore('revisions');
  const revisions = { before: await table.get('metadata'), after: randomName() };
  await table.put(revisions.after, 'metadata');
  return revisions;
}

async function checkExpected(
  tx: WriteTransaction,
  { refs = [], images = [] }: ExpectedMetadata,
): Promise<void> {
  await forEachAtOnce(refs, async ([name, target]) => {
    const ref = await tx.objectStore('refs').get(name);
    if ((ref?.target.digest ?? null) !== target) throw metadataConflict(name);
  });
  await forEachAtOnce(images, async ([digest, image]) => {
    const stored = await tx.objectStore('images').get(digest);
    if (!isSameImage(image, stored)) throw metadataConflict(`The image ${digest}`);
  });
}

/** An image that is new names stored blobs only. One that is here already may have lost some: tagging it again stays possible. */
async function checkBlobs(tx: WriteTransaction, { target, blobs }: ImageRoot): Promise<void> {
  if ((await tx.objectStore('images').getKey(target.digest)) !== undefined) return;
  await forEachAtOnce(blobs, async (digest) => {
    if ((await tx.objectStore('blobs').getKey(digest)) === undefined) throw blobMissing(digest);
  });
}

/** What an image names is garbage once no image does, however it came. */
async function claimBlobs(tx: WriteTransaction, { blobs }: ImageRoot): Promise<void> {
  await forEachAtOnce(blobs, async (digest) => {
    const row = await tx.objectStore('blobs').get(digest);
    if (row?.unclaimedParts === undefined) return;
    const { owner, size, chunkBytes } = row;
    await tx.objectStore('blobs').put({ digest, owner, size, chunkBytes });
  });
}

/** No ref may be left that points to no image. */
async function checkRefs(tx: WriteTransaction, digest: Digest): Promise<void> {
  if ((await tx.objectStore('images').getKey(digest)) !== undefined) return;
  const name = await tx.objectStore('refs').index('target').getKey(digest);
  if (name !== undefined) throw refConflict(name, digest);
}
