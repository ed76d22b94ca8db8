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
  /** How an outage is waited out while bytes are on their way; as any other failure where it is not said. */
  readonly outage?: OutagePolicy;
  /** Waits so many milliseconds, or rejects with the signal's reason; a test hands in one that takes no time. */
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Nobody is there: the network is gone, the proxy or what stands behind a gateway starts anew. */
interface OutagePolicy {
  /** Failures of that kind after which it is given up. */
  readonly attempts: number;
  /** Milliseconds: a server that is back is not to be kept waiting. */
  readonly longestDelay: number;
}

/** An outage is waited out for 78 s, as docker's engine does it: 5 attempts, 5 to 25 s apart. */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 6,
  firstDelay: 250,
  longestDelay: 30_000,
  outage: { attempts: 20, longestDelay: 5000 },
};

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
/** A gateway answers for a server that does not. https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3 and the two after it */
const GATEWAY_STATUSES: ReadonlySet<unknown> = new Set([502, 503, 504]);
/** Attempts after which that is said: who has just asked for something is to know within a second. */
const AWAY_ATTEMPTS = 3;

/** A request that failed and is sent again. */
export interface RetryNote {
  /** Milliseconds until then. */
  readonly wait: number;
  /** Of the answer; undefined where there was none. */
  readonly status: number | undefined;
}

/**
 * Failures in a row, those of an outage apart: a server that comes back from one may fail for a moment, and is not given up for what was
 * before.
 */
export class Failures {
  readonly #isOutage: (error: unknown) => boolean;
  #outages = 0;
  #others = 0;

  constructor(isWaitedOut: (error: unknown) => boolean = isOutage) {
    this.#isOutage = isWaitedOut;
  }

  /** How many of its kind there are, with this one. */
  add(error: unknown): number {
    return this.#isOutage(error) ? ++this.#outages : ++this.#others;
  }

  /** Something has come. */
  clear(): void {
    this.#outages = 0;
    this.#others = 0;
  }
}

/** Whether an error says that nobody is there, or that a gateway found nobody. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  return isAway(error) || GATEWAY_STATUSES.has(error.detail.status);
}

/** Whether an error says that nobody answered at all. */
function isAway(error: unknown): boolean {
  return error instanceof RegistryError && AWAY.has(error.code);
}

/** Told that a request is waited for, and with undefined that no more is. */
export type OnRetry = (note: RetryNote | undefined) => void;

export interface Waiting extends AbortOptions {
  /** In a row, of this kind: 1 for the first. See `Failures`. */
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
  const { attempts, longestDelay } = patience(error, policy, isTransfer);
  if (failures >= attempts || asked > policy.longestDelay) throw error;
  const backoff = policy.firstDelay * 2 ** (failures - 1);
  const { wait = pause } = policy;
  const delay = Math.max(asked, Math.min(backoff, longestDelay));
  onRetry?.({ wait: delay, status: typeof status === 'number' ? status : undefined });
  await wait(delay, signal);
}

function patience(error: RegistryError, policy: RetryPolicy, isTransfer: boolean): OutagePolicy {
  if (isTransfer) return isOutage(error) && policy.outage ? policy.outage : policy;
  const isBrief = AWAY.has(error.code);
  return isBrief ? { ...policy, attempts: Math.min(AWAY_ATTEMPTS, policy.attempts) } : policy;
}

/**
 * Does something until it succeeds, or fails in a way that another attempt does not help against. That nobody answers is waited out; a
 * server's own failure, a gateway's too, for some seconds alone: docker's engine gives a manifest up at the first.
 */
export async function persist<T>(
  { policy, signal }: AbortOptions & { readonly policy: RetryPolicy },
  attempt: () => Promise<T>,
): Promise<T> {
  const failures = new Failures(isAway);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const isTransfer = isAway(error) || !isOutage(error);
      await waitToRetry(error, { failures: failures.add(error), policy, signal, isTransfer });
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
