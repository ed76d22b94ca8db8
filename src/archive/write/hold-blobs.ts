import type { ImageRoot } from '../../store/metadata-store';
import { blobMissing } from '../../store/errors';
import type { Hold, Store } from '../../store/store';
import { ArchiveError } from '../errors';

/**
 * Holds every blob of an image, so that no tab collects them while they are saved. Rejects with `blob-missing` where one is not stored (any
 * more), with `digest-mismatch` where a verification found it damaged.
 */
export async function holdBlobs(
  { target, blobs }: ImageRoot,
  store: Pick<Store, 'problems'>,
  hold: Hold,
): Promise<void> {
  const wanted = [...new Set([target.digest, ...blobs])];
  const sound = new Set((await hold.add(...wanted)).map(({ digest }) => digest));
  const lacking = wanted.find((digest) => !sound.has(digest));
  if (lacking === undefined) return;
  const problem = (await store.problems()).find(({ digest }) => digest === lacking);
  if (problem?.reason !== 'corrupt') throw blobMissing(lacking);
  throw new ArchiveError(
    'digest-mismatch',
    `The blob ${lacking} is damaged in the store, and is not saved. Load or pull the image again.`,
    { detail: { what: 'a stored blob', digest: lacking } },
  );
}
