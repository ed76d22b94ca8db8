const FORWARDED = [
  ...['accept', 'authorization', 'content-length', 'content-range', 'content-type'],
  ...['if-none-match', 'if-range', 'range', 'user-agent'],
];

const EXPOSED = [
  ...['Accept-Ranges', 'Content-Length', 'Content-Range', 'Docker-Content-Digest'],
  ...['Docker-Distribution-Api-Version', 'Docker-RateLimit-Source', 'Docker-Upload-UUID', 'ETag'],
  ...['Link', 'Location', 'OCI-Chunk-Min-Length', 'OCI-Filters-Applied', 'OCI-Subject', 'OCI-Tag'],
  ...['Range', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Retry-After'],
  ...['Warning', 'WWW-Authenticate'],
];

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** The headers of a page's request that go on to the registry. Cookies and everything else stay here. */
export function upstreamHeaders(asked: Headers): Headers {
  const headers = new Headers();
  for (const name of FORWARDED) {
    const value = asked.get(name);
    if (value !== null) headers.set(name, value);
  }
  // Blobs are compared with their digests: nobody may compress them on the way. (With a range, fetch says so itself.)
  if (!headers.has('range')) headers.set('accept-encoding', 'identity');
  return headers;
}

/** The headers of a registry's answer that reach the page. Its cookies and CORS headers do not. */
export function pageHeaders(answered: Headers): Headers {
  const headers = new Headers();
  const encoded = answered.get('content-encoding') !== null;
  for (const name of [...EXPOSED, 'Content-Type']) {
    const value = answered.get(name);
    // A body that was encoded after all arrives decoded, and is longer than its header says.
    if (value !== null && !(encoded && name === 'Content-Length')) headers.set(name, value);
  }
  return headers;
}

/** What lets the asking page read the answer, and keeps a browser from running what a registry sent as a page of this origin. */
export function addPageSafety(headers: Headers, origin: string | null): void {
  headers.set('content-security-policy', "default-src 'none'; sandbox");
  headers.set('x-content-type-options', 'nosniff');
  headers.set('cross-origin-resource-policy', origin === null ? 'same-origin' : 'cross-origin');
  headers.append('vary', 'Origin');
  if (origin === null) return;
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-expose-headers', EXPOSED.join(', '));
}

/** The answer to a preflight. */
export function preflightHeaders(): Headers {
  return new Headers({
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': FORWARDED.filter((name) => name !== 'user-agent').join(', '),
    'access-control-max-age': '7200',
  });
}
