import { isReadable } from '../base/unreadable';
import type { Digest } from '../oci/digest';
import type { BlobProblem } from '../store/metadata-store';
import type { Store } from '../store/store';

/** What is to be said of a stored blob whose bytes the browser has lost. */
export function lostBlob(digest: Digest): BlobProblem {
  return {
    digest,
    reason: 'missing',
    detail: 'Its bytes can no longer be read: load or pull the image again.',
  };
}

/**
 * Those of stored blobs whose bytes the browser has lost, by a look that costs little. They are known as problems from then on, so that
 * whoever stores one of them next takes its place.
 */
export async function findLost(
  store: Store,
  digests: readonly Digest[],
): Promise<ReadonlySet<Digest>> {
  const lost = new Set<Digest>();
  const look = async (digest: Digest): Promise<void> => {
    const { blob } = await store.content.open(digest);
    if (blob && !(await isReadable(blob))) lost.add(digest);
  };
  await Promise.all(digests.map(look));
  if (lost.size === 0) return lost;
  const others = (await store.problems()).filter(({ digest }) => !lost.has(digest));
  await store.setProblems([...others, ...[...lost].map(lostBlob)]);
  return lost;
}
