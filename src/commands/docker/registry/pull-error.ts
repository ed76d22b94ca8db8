import { isAbort, isCoded, type CodedError } from '../../../base/errors';
import { familiarName, familiarReference, type Reference } from '../../../oci/reference';
import { CommandError, engineError } from '../../errors';

/**
 * What docker prints of a pull that failed. What went wrong before the first line of progress, its client tells as the engine's answer; later
 * it prints the engine's words alone.
 */
export function pullError(error: unknown, reference: Reference, hasBegun: boolean): unknown {
  if (!isCoded(error) || isAbort(error) || error instanceof CommandError) return error;
  const message = sentenceOf(error, reference);
  return hasBegun
    ? new CommandError('refused', message, { cause: error })
    : engineError(message, { cause: error });
}

/** https://github.com/moby/moby/blob/v20.10.24/distribution/errors.go (TranslatePullError) */
function sentenceOf(error: CodedError, reference: Reference): string {
  const { text, scheme, hasCredential, request } = error.detail;
  if (scheme === 'basic' && hasCredential === false && typeof request === 'string') {
    return `${request}: no basic auth credentials`;
  }
  if (typeof text !== 'string') return error.message;
  const [first = text] = text.replace(/^errors:\n/, '').split('\n');
  switch (first.split(':', 1)[0]) {
    case 'denied':
      return `pull access denied for ${familiarName(reference)}, repository does not exist or may require 'docker login': ${first}`;
    case 'manifest unknown':
      return `manifest for ${familiarReference(reference)} not found: ${first}`;
    case 'name unknown':
      return `repository ${familiarName(reference)} not found: ${first}`;
    default:
      return error.code === 'unauthorized' ? first : error.message;
  }
}
