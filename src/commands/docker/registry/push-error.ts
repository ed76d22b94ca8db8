import { isAbort, isCoded } from '../../../base/errors';
import { CommandError } from '../../errors';

/** What docker prints of a push that failed: the registry's own words. */
export function pushError(error: unknown): unknown {
  if (!isCoded(error) || isAbort(error) || error instanceof CommandError) return error;
  const { text, scheme, hasCredential } = error.detail;
  if (scheme === 'basic' && hasCredential === false) {
    return new CommandError('refused', 'no basic auth credentials', { cause: error });
  }
  const words = typeof text === 'string' ? text : error.message;
  return new CommandError('refused', words, { cause: error });
}
