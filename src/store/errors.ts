import { CodedError, isCoded } from '../base/errors';
import type { Digest } from '../oci/digest';
import type { ExpectedBlob } from './content-store';

export type StoreErrorCode =
  /** What was written does not have the size it was committed under. */
  | 'size-mismatch'
  /** The blob is not stored. */
  | 'blob-missing'
  /** The browser refuses to store more. */
  | 'quota-exceeded'
  /** The browser has no storage here at all, or refuses it. */
  | 'storage-unavailable'
  /** The browser refuses storage at the start, and the page goes on with a store in memory. */
  | 'session-only'
  /** Another tab tagged or removed the same image meanwhile. */
  | 'store-conflict'
  /** Another tab runs a newer version of the store. */
  | 'store-outdated'
  /** Another tab runs an older version of the store and does not let go of it. */
  | 'store-blocked';

export class StoreError extends CodedError<StoreErrorCode> {}

export function blobMissing(digest: Digest): StoreError {
  return new StoreError('blob-missing', `The blob ${digest} is not stored here.`, {
    detail: { digest },
  });
}

export function sizeMismatch({ digest, size }: ExpectedBlob, found: number): StoreError {
  return new StoreError(
    'size-mismatch',
    `The blob ${digest} should be ${size} bytes, but ${found} bytes came in.`,
    { detail: { digest, expected: size, found } },
  );
}

/** `what` is what there was no room for, as a sentence may name it. */
export function quotaExceeded(cause: unknown, what?: string): StoreError {
  return new StoreError(
    'quota-exceeded',
    `The browser has no room left for ${what ?? 'this'}: remove images or free disk space, then try again.`,
    { cause, ...(what === undefined ? {} : { detail: { what } }) },
  );
}

/** Runs what stores something, here or in a worker. Where there is no room left, the error names what for. */
export async function makingRoomFor<T>(what: string, store: () => Promise<T>): Promise<T> {
  try {
    return await store();
  } catch (error) {
    if (!isCoded(error) || error.code !== 'quota-exceeded') throw error;
    throw quotaExceeded(error.cause, what);
  }
}

/** What to say where a store in memory takes the place of the one that `cause` refused. */
export function sessionOnly(cause: unknown): StoreError {
  return new StoreError(
    'session-only',
    'The browser does not let Drydock store images here: what is opened is gone when this tab is closed or reloaded.',
    { cause },
  );
}

/** A change to refs that lost a race with another tab. */
export function refConflict(name: string, digest: Digest): StoreError {
  return new StoreError(
    'store-conflict',
    `The image ${digest} behind ${name} was changed in another tab meanwhile; try again.`,
    { detail: { name, digest } },
  );
}

/** A change that was worked out from what another tab has changed meanwhile. */
export function metadataConflict(what: string): StoreError {
  return new StoreError(
    'store-conflict',
    `${what} was changed in another tab meanwhile; try again.`,
    { detail: { what } },
  );
}

/** What was being written is gone: released, or swept as dead. */
export function ingestGone(): StoreError {
  return new StoreError(
    'store-conflict',
    'What was being stored was given up in another tab meanwhile; try again.',
  );
}
