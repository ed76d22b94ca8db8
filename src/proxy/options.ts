/** One upstream request: no redirect is followed, and the connection goes to an address that was checked. */
export type UpstreamFetch = (request: UpstreamRequest) => Promise<UpstreamAnswer>;

export interface UpstreamRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  /** Ends the request, and the body of its answer. */
  readonly signal: AbortSignal;
  /** True where the operator listed this host: only then may its address be private. */
  readonly listed: boolean;
}

/** An answer as it came: a body that is encoded has its `Content-Encoding` among the headers, one that was decoded has none. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

export interface ProxyOptions {
  readonly fetch: UpstreamFetch;
  /** What may be reached beside the well-known registries: `host`, `host:port` (both https) or `http://host:port`. */
  readonly allow: readonly string[];
  /** Origins of further pages that may use the proxy: `https://drydock.example`. */
  readonly origins: readonly string[];
  /** Names that it is served under beside localhost, as a request's `Host` gives them; without a port. */
  readonly hosts?: readonly string[];
  readonly limits?: Partial<ProxyLimits>;
}

export interface ProxyLimits {
  /** Requests under way at once; a further one is answered 503. */
  readonly requests: number;
  /** Bytes of one body, up or down. */
  readonly bodyBytes: number;
  /** Milliseconds without a byte from the upstream. */
  readonly idleMs: number;
  /** Milliseconds without a byte of an upload, or until its answer: a registry may read all of it again before it answers. */
  readonly uploadIdleMs: number;
  /** Redirects followed for one request. */
  readonly redirects: number;
}

export const DEFAULT_LIMITS: ProxyLimits = {
  requests: 128,
  bodyBytes: 64 * 1024 ** 3,
  idleMs: 60_000,
  uploadIdleMs: 600_000,
  redirects: 5,
};

/** The entries of a comma-separated setting. */
export function listOf(setting: string | undefined): string[] {
  return (setting ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
