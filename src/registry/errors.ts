import { CodedError, type ErrorDetail } from '../base/errors';

export type RegistryErrorCode =
  /** The browser has no network. */
  | 'offline'
  /** Nobody answers: neither directly nor, where there is one, through the proxy. */
  | 'registry-unreachable'
  /** Who was asked let nothing come for `detail.seconds`. */
  | 'no-answer'
  /** A page that came over https may not ask over plain http, and there is no proxy that could. */
  | 'mixed-content'
  | 'insecure-proxy'
  /** Nobody answers under the proxy's address. */
  | 'proxy-missing'
  /** What answers under the proxy's address is no proxy. */
  | 'not-a-proxy'
  /** The proxy does not reach this host, or serves another page only. */
  | 'proxy-refused'
  /** The proxy's URL template makes no URL. */
  | 'bad-proxy-template'
  /** What answers is no registry. */
  | 'not-a-registry'
  /** A web page came in the place of what was asked for: from a portal, a login page or a proxy in between, most often. */
  | 'web-page'
  /** A reply that the specification does not allow. */
  | 'bad-reply'
  /** Credentials are missing or wrong. */
  | 'unauthorized'
  /** The registry knows who asks, and does not allow it. */
  | 'denied'
  /** No such repository, tag, manifest or blob. */
  | 'not-found'
  /** An image names a blob that the registry has not got. `detail.digest` says which, `detail.what` what it is of the image. */
  | 'blob-unknown'
  /** Too many requests; `detail.retryAfter` is in seconds. */
  | 'rate-limited'
  /** A failure of the registry's own: 5xx. */
  | 'registry-failed'
  /** Any other refusal. */
  | 'registry-refused'
  /** The token server answers nonsense. */
  | 'bad-token'
  /** The registry sends its users to a token server on another site, and nobody agreed to that. */
  | 'realm-refused'
  /** A transfer broke off, and broke off again however often it was gone on with. */
  | 'connection-lost'
  /** Bytes that do not have the digest or the length that names them. */
  | 'digest-mismatch'
  | 'size-mismatch'
  /** The index has nothing for the platform that was asked for. */
  | 'no-such-platform'
  /** A manifest whose parts contradict each other. */
  | 'bad-manifest'
  /** A chart, a signature, an SBOM or another artifact: no filesystem in it. */
  | 'artifact'
  /** An image of the manifest format that registries dropped. */
  | 'schema1'
  /** A layer that only its vendor distributes. */
  | 'foreign-layer'
  /** One of `LIMITS` was passed. */
  | 'limit-exceeded'
  /** The passphrase does not open the stored credentials. */
  | 'wrong-passphrase'
  /** The browser encrypts on secure pages only. */
  | 'encryption-unavailable';

/** What went wrong between here and a registry. `detail.registry` or `detail.host` says where; never holds a credential. */
export class RegistryError extends CodedError<RegistryErrorCode> {}

/** What a registry's refusal of a blob means: that it has not got it is no word on the image. */
export function blobRefusal(
  error: unknown,
  { digest, what = `the blob ${digest}` }: { readonly digest: string; readonly what?: string },
): unknown {
  const isUnknown = error instanceof RegistryError && UNKNOWN.has(error.code);
  if (!isUnknown) return error;
  const { host } = error.detail;
  const named = what.includes(digest) ? what : `${what} (${digest})`;
  return new RegistryError(
    'blob-unknown',
    `The registry ${typeof host === 'string' ? host : ''} does not have ${named}, which the image names.`,
    { detail: { ...error.detail, digest, what }, cause: error },
  );
}

const UNKNOWN: ReadonlySet<string> = new Set<RegistryErrorCode>(['not-found', 'blob-unknown']);

/** An image in the format before the present ones. */
export function schema1(host: string, digest: string): RegistryError {
  return new RegistryError(
    'schema1',
    `The manifest ${digest} of ${host} is of schema 1, a format that registries and engines have dropped; push the image again with a current tool.`,
    { detail: { host, digest } },
  );
}

/** A reply that the specification does not allow. `problem` completes "…: what". */
export function badReply(host: string, problem: string, detail: ErrorDetail = {}): RegistryError {
  return new RegistryError('bad-reply', `The registry ${host} answered wrongly: ${problem}.`, {
    detail: { host, ...detail },
  });
}
