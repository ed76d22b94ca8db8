import { CodedError } from '../base/errors';

export type StoreErrorCode =
  /** What was written does not have the size it was committed under. */
  | 'size-mismatch'
  /** The blob is not stored. */
  | 'blob-missing'
  /** The browser refuses to store more. */
  | 'quota-exceeded'
  /** The browser has no storage here at all, or refuses it. */
  | 'storage-unavailable'
  /** A file that is being stored was changed, moved or made unreadable. */
  | 'source-unreadable'
  /** Another tab tagged or removed the same image meanwhile. */
  | 'store-conflict'
  /** Another tab runs a newer version of the store. */
  | 'store-outdated'
  /** Another tab runs an older version of the store and does not let go of it. */
  | 'store-blocked';

export class StoreError extends CodedError<StoreErrorCode> {}
