/**
 * Asks for memory for a moment. Resolves to what gives it back, or to undefined where there is not so much to be had just now: the caller
 * then takes the way that needs none.
 */
export type ReserveMemory = (bytes: number) => Promise<(() => void) | undefined>;

const MiB = 1024 * 1024;
const SHARE_BYTES = 16 * MiB;

/** A budget for one context: a test, or a page without workers. */
export function localBudget(bytes: number): ReserveMemory {
  let left = bytes;
  return (wanted) => {
    if (wanted > left) return Promise.resolve(undefined);
    left -= wanted;
    return Promise.resolve(() => void (left += wanted));
  };
}

/**
 * A budget that all workers and tabs of the origin share, as so many Web Locks of 16 MiB each. What a killed tab had is back with it.
 * Where the browser has no locks, or refuses them as it does all storage, each worker has half of it for itself.
 */
export function sharedBudget(locks: LockManager | undefined, bytes: number): ReserveMemory {
  const own = localBudget(bytes / 2);
  if (!locks) return own;
  const shared = lockedBudget(locks, bytes);
  return (wanted) => shared(wanted).catch(() => own(wanted));
}

function lockedBudget(locks: LockManager, bytes: number): ReserveMemory {
  const shares = Math.floor(bytes / SHARE_BYTES);
  return async (wanted) => {
    const needed = Math.ceil(wanted / SHARE_BYTES);
    const held: (() => void)[] = [];
    const giveBack = (): void => held.forEach((release) => release());
    for (let share = 0; share < shares && held.length < needed; share++) {
      if (needed - held.length > shares - share) break;
      const release = await takeLock(locks, `drydock-memory-${share}`);
      if (release) held.push(release);
    }
    if (held.length >= needed) return giveBack;
    giveBack();
    return undefined;
  };
}

/** Resolves to what releases the lock, or to undefined where another has it. */
function takeLock(locks: LockManager, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const request = locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(undefined);
        return undefined;
      }
      return new Promise<void>((release) => {
        resolve(release);
      });
    });
    request.catch(reject);
  });
}
