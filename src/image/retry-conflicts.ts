import { isCoded } from '../base/errors';
import type { Store } from '../store/store';

/** Those who lost a race try again one after the other. */
const LOCK = 'lost-race';
/** More than others can begin meanwhile, each of whom is in the way once. */
const ATTEMPTS = 100;

/**
 * Reads, decides and commits again where somebody else, in this tab or another, has changed what was decided on. Rejects with
 * `store-conflict` where that does not end.
 */
export async function retryConflicts<T>(
  { locks }: Pick<Store, 'locks'>,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  const release = await locks.acquire(LOCK);
  try {
    for (let left = ATTEMPTS - 1; ; left--) {
      try {
        return await attempt();
      } catch (error) {
        if (left === 0 || !isConflict(error)) throw error;
      }
    }
  } finally {
    release();
  }
}

function isConflict(error: unknown): boolean {
  return isCoded(error) && error.code === 'store-conflict';
}
