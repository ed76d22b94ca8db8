import type { RateLimit } from './http/rate-limit';
import type { RetryNote } from './http/retry';

/** What is told of a transfer while it lasts, beside its progress. Told by a worker, it is plain data. */
export type TransferNote =
  /** What the registry says of its limit, with whether it has been passed. */
  | { readonly kind: 'limit'; readonly limit: RateLimit; readonly isPassed: boolean }
  /** What the registry warns of: one line. */
  | { readonly kind: 'warning'; readonly text: string }
  | ({ readonly kind: 'retry' } & RetryNote);
