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
import type { Database } from './database';
import type { WriteTransaction } from './schema';

export function idbRefs(db: Database): RefReader {
  return {
    resolve: async (name) => {
      const ref = await db.read(['refs'], (tx) => tx.objectStore('refs').get(name));
      return ref?.target;
    },
    async *list(): AsyncGenerator<Ref> {
      yield* await db.read(['refs'], (tx) => tx.objectStore('refs').getAll());
    },
  };
}

export function idbImages(db: Database): ImageReader {
  return {
    get: (digest) => db.read(['images'], (tx) => tx.objectStore('images').get(digest)),
    async *list(): AsyncGenerator<ImageRoot> {
      yield* await db.read(['images'], (tx) => tx.objectStore('images').getAll());
    },
  };
}

/** One transaction, on disk when it resolves. Rejects with `store-conflict` or `blob-missing`, and has then changed nothing. */
export function commitMetadata(db: Database, change: MetadataChange): Promise<void> {
  const { expected = {}, deleteRefs = [], deleteImages = [] } = change;
  const { putImages = [], putRefs = [] } = change;
  const apply = async (tx: WriteTransaction): Promise<void> => {
    await checkExpected(tx, expected);
    for (const image of putImages) await checkBlobs(tx, image);
    for (const name of deleteRefs) await tx.objectStore('refs').delete(name);
    for (const digest of deleteImages) await tx.objectStore('images').delete(digest);
    for (const image of putImages) {
      await tx.objectStore('images').put(image);
      await claimBlobs(tx, image);
    }
    for (const ref of putRefs) await tx.objectStore('refs').put(ref);
    for (const digest of new Set(putRefs.map(({ target }) => target.digest))) {
      await checkRefs(tx, digest);
    }
    for (const digest of deleteImages) await checkRefs(tx, digest);
  };
  return db.write(['refs', 'images', 'blobs'], apply, { durability: 'strict' });
}

async function checkExpected(
  tx: WriteTransaction,
  { refs = [], images = [] }: ExpectedMetadata,
): Promise<void> {
  for (const [name, target] of refs) {
    const ref = await tx.objectStore('refs').get(name);
    if ((ref?.target.digest ?? null) !== target) throw metadataConflict(name);
  }
  for (const [digest, image] of images) {
    const stored = await tx.objectStore('images').get(digest);
    if (!isSameImage(image, stored)) throw metadataConflict(`The image ${digest}`);
  }
}

/** An image that is new names stored blobs only. One that is here already may have lost some: tagging it again stays possible. */
async function checkBlobs(tx: WriteTransaction, { target, blobs }: ImageRoot): Promise<void> {
  if ((await tx.objectStore('images').getKey(target.digest)) !== undefined) return;
  for (const digest of blobs) {
    if ((await tx.objectStore('blobs').getKey(digest)) === undefined) throw blobMissing(digest);
  }
}

/** What an image names is garbage once no image does, however it came. */
async function claimBlobs(tx: WriteTransaction, { blobs }: ImageRoot): Promise<void> {
  for (const digest of blobs) {
    const row = await tx.objectStore('blobs').get(digest);
    if (row?.unclaimedParts === undefined) continue;
    const { owner, size, chunkBytes } = row;
    await tx.objectStore('blobs').put({ digest, owner, size, chunkBytes });
  }
}

/** No ref may be left that points to no image. */
async function checkRefs(tx: WriteTransaction, digest: Digest): Promise<void> {
  if ((await tx.objectStore('images').getKey(digest)) !== undefined) return;
  const name = await tx.objectStore('refs').index('target').getKey(digest);
  if (name !== undefined) throw refConflict(name, digest);
}
