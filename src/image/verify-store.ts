import { collectAll } from '../base/collect-all';
import { isCoded } from '../base/errors';
import { ProgressMeter } from '../base/progress-meter';
import type { AbortOptions, TaskOptions } from '../base/task';
import type { Digest } from '../oci/digest';
import type { BlobProblem, ImageRoot } from '../store/metadata-store';
import type { Store } from '../store/store';
import { lostBlob } from './find-lost';
import type { HashBlob } from './store-sink';
import { parseImageSummary } from './summary';

/** Codes of errors that mean that a blob's bytes are gone. */
const LOST: ReadonlySet<string> = new Set(['source-unreadable', 'blob-missing']);

export interface VerifyParts {
  readonly store: Store;
  readonly hashBlob: HashBlob;
}

export interface VerifyResult {
  /** How many were hashed. */
  readonly blobs: number;
  /** Of those blobs. */
  readonly bytes: number;
  readonly problems: readonly BlobProblem[];
}

/**
 * Hashes every stored blob, or those of some images alone, and looks for every blob that they name. What is found is kept in the store,
 * so that listings can show it; what was known of other blobs stays.
 */
export async function verifyStore(
  { store, hashBlob }: VerifyParts,
  roots: readonly ImageRoot[] | undefined,
  options: TaskOptions = {},
): Promise<VerifyResult> {
  const named = roots ?? (await collectAll(store.images.list()));
  const wanted = new Set(named.flatMap((root) => [root.target.digest, ...root.blobs]));
  const stored = await storedBlobs(store, roots ? wanted : undefined);
  const total = [...stored.values()].reduce((sum, size) => sum + size, 0);
  const meter = new ProgressMeter({ phase: 'verifying', total, unit: 'bytes' }, options.onProgress);
  const problems: BlobProblem[] = [];
  for (const digest of wanted) {
    if (!stored.has(digest)) problems.push(missing(digest));
  }
  for (const { target, summary } of named) {
    if (!parseImageSummary(summary)) problems.push(unlisted(target.digest));
  }
  for (const [digest, size] of stored) {
    const problem = await problemOf(digest, { store, hashBlob }, options);
    if (problem) problems.push(problem);
    meter.add(size);
  }
  meter.finish();
  options.signal?.throwIfAborted();
  const checked = new Set([...wanted, ...stored.keys()]);
  const others = (await store.problems()).filter(({ digest }) => !checked.has(digest));
  await store.setProblems([...others, ...problems]);
  return { blobs: stored.size, bytes: total, problems };
}

/** What is wrong with a stored blob's bytes: the browser may have lost them, or some of them, without telling. */
async function problemOf(
  digest: Digest,
  { store, hashBlob }: VerifyParts,
  { signal }: AbortOptions,
): Promise<BlobProblem | undefined> {
  try {
    const found = await hashBlob(await store.content.open(digest), { signal });
    return found === digest ? undefined : corrupt(digest, found);
  } catch (error) {
    if (isCoded(error) && LOST.has(error.code)) return lostBlob(digest);
    throw error;
  }
}

/** Sizes of the stored blobs that are wanted, of all where nothing is said. */
async function storedBlobs(
  store: Store,
  wanted: ReadonlySet<Digest> | undefined,
): Promise<ReadonlyMap<Digest, number>> {
  const sizes = new Map<Digest, number>();
  for await (const { digest, size } of store.content.list()) {
    if (wanted?.has(digest) ?? true) sizes.set(digest, size);
  }
  return sizes;
}

function missing(digest: Digest): BlobProblem {
  return { digest, reason: 'missing', detail: 'An image names this blob, and it is not stored.' };
}

/** The next start of the page mends it. */
function unlisted(digest: Digest): BlobProblem {
  return {
    digest,
    reason: 'corrupt',
    detail: 'What lists this image cannot be read: reload the page to have it made anew.',
  };
}

function corrupt(digest: Digest, found: Digest): BlobProblem {
  return { digest, reason: 'corrupt', detail: `The stored bytes have the digest ${found}.` };
}
