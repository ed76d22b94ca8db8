import { isAbort, isCoded, type CodedError } from '../../../base/errors';
import { familiarName, familiarReference, type Reference } from '../../../oci/reference';
import { CommandError, engineError } from '../../errors';

/** What the engine says of a blob that is not there, whatever the registry's words are. */
const UNKNOWN_BLOB = 'unknown blob';

/** How far a pull is: nothing was said of it, its configuration is asked for, or its layers are. */
export type PullStage = 'asked' | 'configuration' | 'layers';

/**
 * What docker prints of a pull that failed. What went wrong before the first line of progress, its client tells as the engine's answer; later
 * it prints the engine's words alone.
 */
export function pullError(error: unknown, reference: Reference, stage: PullStage): unknown {
  if (!isCoded(error) || isAbort(error) || error instanceof CommandError) return error;
  const message =
    stage === 'configuration' ? configurationSentence(error) : sentenceOf(error, reference);
  return stage === 'asked'
    ? engineError(message, { cause: error })
    : new CommandError('refused', message, { cause: error });
}

/** https://github.com/moby/moby/blob/v20.10.24/distribution/errors.go (TranslatePullError) */
function sentenceOf(error: CodedError, reference: Reference): string {
  const { host, scheme, hasCredential, request } = error.detail;
  if (scheme === 'basic' && hasCredential === false && typeof request === 'string') {
    return `${request}: no basic auth credentials`;
  }
  if (error.code === 'blob-unknown') return UNKNOWN_BLOB;
  const words = wordsOf(error);
  // Of a token server docker does not say who it was.
  const isElsewhere = error.code !== 'unauthorized' && host !== reference.registry;
  if (words === undefined || isElsewhere) return error.message;
  // A code alone is an error of another type to it, which it prints as it is.
  switch (/^(.*?): /.exec(words)?.[1]) {
    case 'denied':
      return `pull access denied for ${familiarName(reference)}, repository does not exist or may require 'docker login': ${words}`;
    case 'manifest unknown':
      return `manifest for ${familiarReference(reference)} not found: ${words}`;
    case 'name unknown':
      return `repository ${familiarName(reference)} not found: ${words}`;
    default:
      return words;
  }
}

/** Attempts after which the engine gives a download up, where it does not take the answer for final. */
const ATTEMPTS = 6;

/** https://github.com/moby/moby/blob/v20.10.24/distribution/xfer/download.go */
function configurationSentence(error: CodedError): string {
  const words = error.code === 'blob-unknown' ? UNKNOWN_BLOB : wordsOf(error);
  if (words === undefined) return error.message;
  const isFinal = error.code === 'blob-unknown' || FINAL.test(words);
  return `error pulling image configuration: download failed after attempts=${isFinal ? 1 : ATTEMPTS}: ${words}`;
}

/** What the engine asks for once: `retryOnError` of https://github.com/moby/moby/blob/v20.10.24/distribution/errors.go */
const FINAL =
  /^(?:error parsing HTTP |(?:unauthorized|unsupported|denied|toomanyrequests|name unknown): )/;

/** The first of the registry's errors, as docker has it. */
function wordsOf({ detail: { text } }: CodedError): string | undefined {
  return typeof text === 'string' ? text.replace(/^errors:\n/, '').split('\n', 1)[0] : undefined;
}
