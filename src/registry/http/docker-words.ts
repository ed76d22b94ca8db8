import { quote } from '../../base/go-quote';
import { isObject } from '../../oci/json';
import { detailsIn, parseBody, toldErrors, type ToldError } from './error-body';
import { goSyntaxError, goTypeError } from './go-json';

/** What a reply that refuses is, as far as docker looks at it. */
export interface RefusingReply {
  readonly status: number;
  readonly statusText: string;
  readonly body: string;
}

/**
 * The sentences of the codes that docker knows. An error with that sentence, or none, and without details is printed as its code alone.
 * https://github.com/distribution/distribution/tree/v2.7.1/registry/api (errcode/register.go, v2/errors.go)
 */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['UNKNOWN', 'unknown error'],
  ['UNSUPPORTED', 'The operation is unsupported.'],
  ['UNAUTHORIZED', 'authentication required'],
  ['DENIED', 'requested access to the resource is denied'],
  ['UNAVAILABLE', 'service unavailable'],
  ['TOOMANYREQUESTS', 'too many requests'],
  ['DIGEST_INVALID', 'provided digest did not match uploaded content'],
  ['SIZE_INVALID', 'provided length did not match content length'],
  ['NAME_INVALID', 'invalid repository name'],
  ['TAG_INVALID', 'manifest tag did not match URI'],
  ['NAME_UNKNOWN', 'repository name not known to registry'],
  ['MANIFEST_UNKNOWN', 'manifest unknown'],
  ['MANIFEST_INVALID', 'manifest invalid'],
  ['MANIFEST_UNVERIFIED', 'manifest failed signature verification'],
  ['MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry'],
  ['BLOB_UNKNOWN', 'blob unknown to registry'],
  ['BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry'],
  ['BLOB_UPLOAD_INVALID', 'blob upload invalid'],
]);

/** What Go calls failures of a server, where the protocol has no words for them: HTTP/2. */
const FAILURES: ReadonlyMap<number, string> = new Map([
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
  [505, 'HTTP Version Not Supported'],
  [507, 'Insufficient Storage'],
]);

/** What docker prints of a refusal. https://github.com/distribution/distribution/blob/v2.7.1/registry/client/errors.go */
export function dockerWords({ status, statusText, body }: RefusingReply): string {
  if (status < 400 || status >= 500) {
    const words = `${status} ${statusText || (FAILURES.get(status) ?? '')}`.trim();
    return `received unexpected HTTP status: ${words}`;
  }
  const details = detailsIn(body, status);
  if (details !== undefined) return details;
  const [first, ...others] = toldErrors(body).map(wordsOf);
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) return ['errors:', first, ...others].join('\n');
  if (status === 401) return 'unauthorized: authentication required';
  return `error parsing HTTP ${status} response body: ${parseError(body)}: ${quote(body)}`;
}

function wordsOf({ code, message, hasDetail }: ToldError): string {
  const known = SENTENCES.has(code) ? code : 'UNKNOWN';
  const words = known.toLowerCase().replaceAll('_', ' ');
  const isPlain = !hasDetail && (message === '' || message === SENTENCES.get(known));
  return isPlain ? words : `${words}: ${message}`;
}

function parseError(body: string): string {
  const json = parseBody(body);
  if (json === undefined) return goSyntaxError(body);
  return json === null || isObject(json)
    ? 'no error details found in HTTP response body'
    : goTypeError(json);
}
