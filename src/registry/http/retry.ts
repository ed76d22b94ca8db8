import type { AbortOptions } from '../../base/task';
import { untilAbort } from '../../base/until-abort';
import { RegistryError, type RegistryErrorCode } from '../errors';

/** How long a failed request is waited for before it is sent again. */
export interface RetryPolicy {
  /** Failures in a row after which it is given up. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; twice as long before each further one. */
  readonly firstDelay: number;
  /** Milliseconds, also of a `Retry-After`: what takes longer is for the user to decide. */
  readonly longestDelay: number;
  /** Waits so many milliseconds, or rejects with the signal's reason; a test hands in one that takes no time. */
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 6, firstDelay: 250, longestDelay: 30_000 };

/** What may be over in a moment. */
const PASSING: ReadonlySet<RegistryErrorCode> = new Set([
  'connection-lost',
  'rate-limited',
  'registry-failed',
  'registry-unreachable',
  'proxy-missing',
  'offline',
]);

/** Nobody answered at all. */
const AWAY: ReadonlySet<RegistryErrorCode> = new Set([
  'registry-unreachable',
  'proxy-missing',
  'offline',
]);
/** Attempts after which that is said: who has just asked for something is to know within a second. */
const AWAY_ATTEMPTS = 3;

/** A request that failed and is sent again. */
export interface RetryNote {
  /** Milliseconds until then. */
  readonly wait: number;
  /** Of the answer; undefined where there was none. */
  readonly status: number | undefined;
}

/** Told that a request is waited for, and with undefined that no more is. */
export type OnRetry = (note: RetryNote | undefined) => void;

export interface Waiting extends AbortOptions {
  /** In a row: 1 for the first. */
  readonly failures: number;
  readonly policy: RetryPolicy;
  /** Bytes are on their way: that nobody answers is waited out as any other failure. */
  readonly isTransfer?: boolean | undefined;
  /** HTTP statuses that another attempt helps against here. */
  readonly statuses?: readonly number[];
  readonly onRetry?: OnRetry | undefined;
}

/**
 * Waits before the next attempt. Rejects with the error itself where another attempt would be
 * in vain.
 */
export async function waitToRetry(
  error: unknown,
  { failures, policy, signal, onRetry, isTransfer = false, statuses = [] }: Waiting,
): Promise<void> {
  signal?.throwIfAborted();
  if (!(error instanceof RegistryError)) throw error;
  const { retryAfter, status } = error.detail;
  const isHelped = typeof status === 'number' && statuses.includes(status);
  // It has been waited for long enough, but for what goes on where it was.
  const isStalled = error.code === 'no-answer' && isTransfer;
  if (!PASSING.has(error.code) && !isStalled && !isHelped) throw error;
  const asked = typeof retryAfter === 'number' ? retryAfter * 1000 : 0;
  const isBrief = AWAY.has(error.code) && !isTransfer;
  const attempts = isBrief ? Math.min(AWAY_ATTEMPTS, policy.attempts) : policy.attempts;
  if (failures >= attempts || asked > policy.longestDelay) throw error;
  const backoff = policy.firstDelay * 2 ** (failures - 1);
  const { wait = pause } = policy;
  const delay = Math.max(asked, Math.min(backoff, policy.longestDelay));
  onRetry?.({ wait: delay, status: typeof status === 'number' ? status : undefined });
  await wait(delay, signal);
}

/** Does something until it succeeds, or fails in a way that another attempt does not help against. */
export async function persist<T>(
  { policy, signal }: AbortOptions & { readonly policy: RetryPolicy },
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      await waitToRetry(error, { failures, policy, signal, isTransfer: true });
    }
  }
}

/** Rejects with the signal's reason where it aborts meanwhile. */
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  try {
    await untilAbort(passed, signal);
  } finally {
    clearTimeout(timer);
  }
}
