import { isCoded } from '../../base/errors';

const ATTEMPTS = 3;

/**
 * Reads, decides and commits again where another tab has changed what was decided on. Rejects with `store-conflict` where tabs do nothing
 * but change it.
 */
export async function retryConflicts<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = ATTEMPTS - 1; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0 || !isCoded(error) || error.code !== 'store-conflict') throw error;
    }
  }
}
