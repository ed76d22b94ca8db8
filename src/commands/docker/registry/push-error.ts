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
  return new CommandError('refused', words === 'tag invalid' ? SCHEMA1 + words : words, {
    cause: error,
  });
}

/** What the engine takes that refusal for. https://github.com/moby/moby/blob/v20.10.24/distribution/push_v2.go (pushV2Tag) */
const SCHEMA1 =
  '[DEPRECATED] support for pushing manifest v2 schema1 images has been removed. More information at https://docs.docker.com/registry/spec/deprecated-schema-v1/: ';
