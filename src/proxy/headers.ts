const FORWARDED = [
  ...['accept', 'authorization', 'content-length', 'content-range', 'content-type'],
  ...['if-none-match', 'if-range', 'range', 'user-agent'],
];

/** What of an answer the page may read, in the words of the specifications: of registries, of HTTP, of Docker Hub. */
const EXPOSED = [
  ...['Accept-Ranges', 'Content-Encoding', 'Content-Length', 'Content-Range', 'Content-Type'],
  ...['Docker-Content-Digest', 'Docker-Distribution-Api-Version', 'Docker-RateLimit-Source'],
  ...['Docker-Upload-UUID', 'ETag', 'Link', 'Location', 'OCI-Chunk-Min-Length'],
  ...['OCI-Filters-Applied', 'OCI-Subject', 'OCI-Tag', 'Range', 'RateLimit-Limit'],
  ...['RateLimit-Remaining', 'RateLimit-Reset', 'Retry-After', 'Warning', 'WWW-Authenticate'],
];
const EXPOSED_NAMES = new Set(EXPOSED.map((name) => name.toLowerCase()));
/** Whatever else registries call so: OCI-Chunk-Max-Length, X-RateLimit-Reset. */
const EXPOSED_PREFIXES = ['docker-', 'ratelimit-', 'x-ratelimit-', 'oci-'];

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Says on every answer that it came by the proxy: `passed` from the registry, or `refused` by the proxy itself. */
export const PROXY_HEADER = 'x-drydock-proxy';
/** The sentence of a refusal, percent-encoded. */
export const REASON_HEADER = 'x-drydock-proxy-reason';

/** The headers of a page's request that go on to the registry. Cookies, the page's origin and everything else stay here. */
export function upstreamHeaders(asked: Headers, hasBody: boolean): Headers {
  const headers = new Headers();
  for (const name of FORWARDED) {
    const value = asked.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (!hasBody) headers.delete('content-length');
  // Blobs are compared with their digests: nobody may compress them on the way.
  headers.set('accept-encoding', 'identity');
  return headers;
}

/** The headers of a registry's answer that reach the page. Its cookies, CORS and caching headers do not. */
export function pageHeaders(answered: Headers): Headers {
  const headers = new Headers();
  for (const [name, value] of answered) {
    if (EXPOSED_NAMES.has(name) || EXPOSED_PREFIXES.some((prefix) => name.startsWith(prefix))) {
      headers.set(name, value);
    }
  }
  headers.set(PROXY_HEADER, 'passed');
  return headers;
}

/** What lets the asking page read the answer, and keeps a browser from running what a registry sent as a page of this origin. */
export function addPageSafety(headers: Headers, origin: string | null): void {
  const further = [...headers.keys()].filter((name) => !EXPOSED_NAMES.has(name));
  headers.set('content-security-policy', "default-src 'none'; sandbox");
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('cross-origin-resource-policy', origin === null ? 'same-origin' : 'cross-origin');
  // Blobs are kept by the page, once; and what one account may see is nothing for a cache.
  headers.set('cache-control', 'no-store');
  headers.append('vary', 'Origin');
  if (origin === null) return;
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-expose-headers', [...EXPOSED, ...further].join(', '));
}

/** The answer to a preflight. */
export function preflightHeaders(asked: Headers): Headers {
  const headers = new Headers({
    allow: METHODS.join(', '),
    'access-control-allow-methods': METHODS.join(', '),
    'access-control-allow-headers': FORWARDED.filter((name) => name !== 'user-agent').join(', '),
    'access-control-max-age': '7200',
  });
  // A page of the Internet that uses the proxy of one's own machine. https://wicg.github.io/private-network-access/
  if (asked.get('access-control-request-private-network') === 'true') {
    headers.set('access-control-allow-private-network', 'true');
  }
  headers.set(PROXY_HEADER, 'passed');
  return headers;
}
