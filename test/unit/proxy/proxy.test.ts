import { createHash } from 'node:crypto';
import { request as httpRequest, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeFetch } from '../../../src/proxy/node-fetch';
import { startServer } from '../../../src/proxy/node-server';
import type { ProxyOptions } from '../../../src/proxy/options';
import { createProxy } from '../../../src/proxy/proxy';
import { closeServer, portOf, startUpstream, type Upstream } from '../../support/upstream';

const servers: Upstream[] = [];
const proxies: Server[] = [];

afterEach(async () => {
  await Promise.all([...servers.map((server) => server.close()), ...proxies.map(closeServer)]);
  servers.length = 0;
  proxies.length = 0;
});

async function upstream(...[answer]: Parameters<typeof startUpstream>): Promise<Upstream> {
  const server = await startUpstream(answer);
  servers.push(server);
  return server;
}

/** The real server, which may reach what is listed; answers its address. */
async function proxyFor(...allowed: readonly Upstream[]): Promise<string> {
  const allow = allowed.map(({ url }) => url).join(',');
  const origins = 'https://pages.example';
  const server = await startServer({ host: '127.0.0.1', port: 0, allow, origins });
  proxies.push(server);
  return `http://127.0.0.1:${portOf(server)}`;
}

/** A status and text, by a request whose headers a browser would not let a page set. */
function raw(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
}

describe('the proxy', () => {
  it('passes a request on, path, query and all, and the answer back', async () => {
    const registry = await upstream((_, response) => {
      response
        .setHeader('Docker-Content-Digest', 'sha256:00')
        .setHeader('Link', '</v2/>; rel=next');
      response.end('a manifest');
    });
    const proxy = await proxyFor(registry);
    const answer = await fetch(`${proxy}/proxy/${registry.url}/v2/a/tags/list?n=5&last=b%2Fc`, {
      headers: { accept: 'application/json', authorization: 'Bearer t', range: 'bytes=0-9' },
    });
    expect(await answer.text()).toBe('a manifest');
    expect(answer.headers.get('docker-content-digest')).toBe('sha256:00');
    expect(answer.headers.get('link')).toBe('</v2/>; rel=next');
    const [request] = registry.requests;
    expect(request?.url).toBe('/v2/a/tags/list?n=5&last=b%2Fc');
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      authorization: 'Bearer t',
      range: 'bytes=0-9',
      'accept-encoding': 'identity',
    });
  });

  it('takes the target percent-encoded, and with its slashes folded', async () => {
    const registry = await upstream((request, response) => response.end(request.url));
    const proxy = await proxyFor(registry);
    const encoded = encodeURIComponent(`${registry.url}/v2/x?y=1`);
    expect(await (await fetch(`${proxy}/proxy/${encoded}`)).text()).toBe('/v2/x?y=1');
    const folded = registry.url.replace('//', '/');
    expect(await (await fetch(`${proxy}/proxy/${folded}/v2/`)).text()).toBe('/v2/');
  });

  it('keeps cookies and CORS headers of the registry to itself', async () => {
    const registry = await upstream((_, response) => {
      response.setHeader('Set-Cookie', 'a=b').setHeader('Access-Control-Allow-Origin', '*');
      response.end();
    });
    const proxy = await proxyFor(registry);
    const answer = await fetch(`${proxy}/proxy/${registry.url}/`, {
      headers: { cookie: 'c=d', origin: 'https://pages.example' },
    });
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://pages.example');
    expect(answer.headers.get('access-control-expose-headers')).toMatch(/Docker-Content-Digest/);
    expect(answer.headers.get('content-security-policy')).toMatch(/sandbox/);
    expect(registry.requests[0]?.headers['cookie']).toBeUndefined();
  });

  it('answers a preflight itself', async () => {
    const proxy = await proxyFor();
    const answer = await fetch(`${proxy}/proxy/https://ghcr.io/v2/`, {
      method: 'OPTIONS',
      headers: { origin: 'https://pages.example', 'access-control-request-method': 'GET' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/authorization.*range/);
    expect(answer.headers.get('access-control-allow-methods')).toMatch(/PATCH/);
  });

  it('carries an upload to the registry', async () => {
    const registry = await upstream((request, response) => {
      const hash = createHash('sha256');
      request.on('data', (part: Buffer) => hash.update(part));
      request.on('end', () => {
        response.writeHead(202, { Location: '/v2/a/blobs/uploads/1' }).end(hash.digest('hex'));
      });
    });
    const proxy = await proxyFor(registry);
    const body = new Uint8Array(3_000_000).fill(7);
    const answer = await fetch(`${proxy}/proxy/${registry.url}/v2/a/blobs/uploads/`, {
      method: 'PATCH',
      body,
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe('/v2/a/blobs/uploads/1');
    expect(await answer.text()).toBe(createHash('sha256').update(body).digest('hex'));
    expect(registry.requests[0]?.headers['content-length']).toBe('3000000');
  });
});

describe('redirects', () => {
  it('are followed, without credentials where another host is meant', async () => {
    const blobs = await upstream((request, response) =>
      response.end(JSON.stringify(request.headers)),
    );
    const registry = await upstream((request, response) => {
      const location = request.url === '/1' ? '/2' : `${blobs.url}/blob`;
      response.writeHead(307, { Location: location }).end();
    });
    const proxy = await proxyFor(registry, blobs);
    const answer = await fetch(`${proxy}/proxy/${registry.url}/1`, {
      headers: { authorization: 'Basic c2VjcmV0', range: 'bytes=5-' },
    });
    const seen: unknown = await answer.json();
    expect(seen).toMatchObject({ range: 'bytes=5-' });
    expect(seen).not.toHaveProperty('authorization');
    expect(registry.requests.map((request) => request.headers.authorization)).toEqual([
      'Basic c2VjcmV0',
      'Basic c2VjcmV0',
    ]);
  });

  it('to a host that is not listed are refused by name', async () => {
    const secret = await upstream((_, response) => response.end('secret'));
    const registry = await upstream((_, response) =>
      response.writeHead(302, { Location: secret.url }).end(),
    );
    const proxy = await proxyFor(registry);
    const answer = await fetch(`${proxy}/proxy/${registry.url}/`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain(`redirected to ${secret.host}`);
    expect(secret.requests).toEqual([]);
  });

  it('that never end are given up', async () => {
    const registry = await upstream((_, response) =>
      response.writeHead(302, { Location: '/again' }).end(),
    );
    const proxy = await proxyFor(registry);
    const answer = await fetch(`${proxy}/proxy/${registry.url}/`);
    expect(answer.status).toBe(502);
    expect(registry.requests).toHaveLength(6);
  });
});

describe('a target that is refused', () => {
  it.each([
    ['https://example.com/v2/', 403, /does not reach example.com/],
    ['https://169.254.169.254/latest/meta-data', 403, /does not reach 169\.254\.169\.254/],
    ['http://127.0.0.1:22/', 403, /does not reach/],
    ['http://registry-1.docker.io/v2/', 403, /does not reach/],
    ['https://registry-1.docker.io:8443/v2/', 403, /does not reach/],
    ['https://ghcr.io.example.com/v2/', 403, /does not reach/],
    ['https://production.cloudflare.docker.com/x', 403, /does not reach/],
    ['https://user:pass@ghcr.io/v2/', 400, /no credentials/],
    ['ftp://ghcr.io/', 400, /and nothing else/],
    ['https%3A%2F%2F%zz', 400, /not percent-encoded/],
    ['', 400, /and nothing else/],
  ])('%s', async (target, status, text) => {
    const proxy = await proxyFor();
    const answer = await fetch(`${proxy}/proxy/${target}`);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toMatch(text);
  });

  it('is a well-known host whose address is private', async () => {
    // A name is resolved and checked by the fetch that connects to it: no other answer can come in between.
    const nodeFetch = createNodeFetch();
    const request = {
      method: 'GET',
      headers: new Headers(),
      body: null,
      signal: AbortSignal.timeout(5000),
    };
    await expect(
      nodeFetch({ ...request, url: new URL('https://localhost/'), listed: false }),
    ).rejects.toThrow('its address is not a public one');
    await expect(
      nodeFetch({ ...request, url: new URL('https://[::1]/'), listed: false }),
    ).rejects.toThrow('its address is not a public one');
  });
});

describe('who may use it', () => {
  it.each([
    ['curl, which sends neither', {}, 200],
    ['a listed page', { origin: 'https://pages.example' }, 200],
    ['the page itself', { 'sec-fetch-site': 'same-origin' }, 200],
    ['another page', { origin: 'https://evil.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['another page without Origin', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling page without Origin', { 'sec-fetch-site': 'same-site' }, 403],
    ['a page that rebound its name', { host: 'evil.example' }, 403],
    ['a listed page’s host', { host: 'pages.example' }, 200],
    ['localhost on any port', { host: 'localhost:9999' }, 200],
  ])('%s', async (_, headers, status) => {
    const registry = await upstream((__, response) => response.end('ok'));
    const proxy = await proxyFor(registry);
    const answer = await raw(`${proxy}/proxy/${registry.url}/`, headers);
    expect(answer.status).toBe(status);
    expect(registry.requests).toHaveLength(status === 200 ? 1 : 0);
  });
});

describe('its limits', () => {
  const withLimits = (
    limits: ProxyOptions['limits'],
    registry: Upstream,
  ): ReturnType<typeof createProxy> =>
    createProxy({
      fetch: createNodeFetch(),
      allow: [registry.url],
      origins: [],
      ...(limits ? { limits } : {}),
    });
  const ask = (proxy: ReturnType<typeof createProxy>, registry: Upstream): Promise<Response> =>
    Promise.resolve(
      proxy.request(`http://localhost/proxy/${registry.url}/`, { headers: { host: 'localhost' } }),
    );

  it('end an answer that stands still', async () => {
    const registry = await upstream((_, response) => void response.write('begun'));
    const answer = await ask(withLimits({ idleMs: 100 }, registry), registry);
    await expect(answer.text()).rejects.toThrow('sent nothing for 0.1 s');
  });

  it('answer 504 where not even headers come', async () => {
    const registry = await upstream(() => undefined);
    const answer = await ask(withLimits({ idleMs: 100 }, registry), registry);
    expect(answer.status).toBe(504);
  });

  it('end an answer that is too large', async () => {
    const registry = await upstream((_, response) => response.end(Buffer.alloc(5000)));
    const answer = await ask(withLimits({ bodyBytes: 4000 }, registry), registry);
    await expect(answer.text()).rejects.toThrow('larger than 4000 bytes');
  });

  it('answer 503 to one request too many, and take the next when one has ended', async () => {
    const registry = await upstream((_, response) => void response.write('begun'));
    const proxy = withLimits({ requests: 1 }, registry);
    const first = await ask(proxy, registry);
    const second = await ask(proxy, registry);
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('1');
    await first.body?.cancel();
    const third = await ask(proxy, registry);
    expect(third.status).toBe(200);
    await third.body?.cancel();
  });

  it('read no more of a blob than the page takes', async () => {
    let sent = 0;
    const registry = await upstream((_, response) => {
      const part = Buffer.alloc(1 << 20);
      const more = (): void => {
        while (sent < 200 << 20) {
          sent += part.length;
          if (!response.write(part)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const answer = await ask(withLimits({}, registry), registry);
    const reader = answer.body?.getReader();
    await reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent).toBeLessThan(50 << 20);
    await reader?.cancel();
  });
});
