import { CodedError } from '../base/errors';

export type StoreErrorCode =
  /** What was written does not have the digest or size it was committed under. */
  | 'digest-mismatch'
  | 'size-mismatch'
  /** The blob is not stored. */
  | 'blob-missing'
  /** The browser refuses to store more. */
  | 'quota-exceeded'
  /** The browser has no storage here at all, or refuses it. */
  | 'storage-unavailable'
  /** Another tab runs a newer version of the store. */
  | 'store-outdated';

export class StoreError extends CodedError<StoreErrorCode> {}
