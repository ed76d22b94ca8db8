import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRequest, rawRequest, type RawOptions } from './raw-request';
import { startUpstream, type Upstream } from './upstream';

export interface ProxySetup {
  readonly allow: readonly string[];
  readonly origins: readonly string[];
}

export interface RunningProxy {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  stop(): Promise<void>;
}

export type StartProxy = (setup: ProxySetup) => Promise<RunningProxy>;

const PAGE = 'https://pages.example';

/** What the proxy promises, wherever it runs: asked over HTTP, with real servers behind it. */
export function proxyContract(name: string, start: StartProxy): void {
  describe(name, () => {
    passing(start);
    answers(start);
    uploads(start);
    redirects(start);
    targets(start);
    callers(start);
    streaming(start);
  });
}

async function upstream(...[answer]: Parameters<typeof startUpstream>): Promise<Upstream> {
  const server = await startUpstream(answer);
  onTestFinished(() => server.close());
  return server;
}

/** A proxy that may reach these servers; resolves to what asks it for a URL. */
async function proxyFor(start: StartProxy, ...allowed: readonly Upstream[]): Promise<Ask> {
  const proxy = await start({ allow: allowed.map(({ url }) => url), origins: [PAGE] });
  onTestFinished(() => proxy.stop());
  const ask = (target: string, options: RawOptions = {}): ReturnType<typeof rawRequest> =>
    rawRequest(`${proxy.url}/proxy/${target}`, options);
  return Object.assign(ask, { url: proxy.url });
}

type Ask = ((target: string, options?: RawOptions) => ReturnType<typeof rawRequest>) & {
  readonly url: string;
};

const everything = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

/** Answers once the whole request is here, with what it was. */
function echo(request: IncomingMessage, response: ServerResponse): void {
  void everything(request).then((body) => {
    const digest = createHash('sha256').update(body).digest('hex');
    const { method, url, headers } = request;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ method, url, headers, digest, bytes: body.length }));
  });
}

const json = (body: Buffer): unknown => JSON.parse(body.toString());

function passing(start: StartProxy): void {
  describe('passes on', () => {
    it('path and query as they are, and these headers alone', async () => {
      const registry = await upstream(echo);
      const ask = await proxyFor(start, registry);
      const forwarded = {
        accept: 'application/vnd.oci.image.index.v1+json, */*;q=0.1',
        authorization: 'Bearer a.b.c',
        'if-none-match': '"x"',
        'if-range': '"y"',
        range: 'bytes=0-9',
        'user-agent': 'test/1',
      };
      const kept = {
        cookie: 'a=b',
        referer: `${PAGE}/x`,
        'x-forwarded-for': '10.0.0.1',
        origin: PAGE,
      };
      const path = '/v2/a/tags/list?n=5&last=b%2Fc&x=%7E~+%20%0d%0aX:%20y';
      const { body } = await ask(`${registry.url}${path}`, { headers: { ...forwarded, ...kept } });
      const seen = json(body) as { url: string; headers: Record<string, string> };
      expect(seen.url).toBe(path);
      expect(seen.headers).toMatchObject({ ...forwarded, host: registry.host });
      expect(seen.headers['accept-encoding']).toBe('identity');
      for (const name of Object.keys(kept)) expect(seen.headers).not.toHaveProperty(name);
      expect(seen.headers).not.toHaveProperty('content-length');
    });

    it('what is percent-encoded, and what a server in front has folded', async () => {
      const registry = await upstream((request, response) => response.end(request.url));
      const ask = await proxyFor(start, registry);
      const encoded = encodeURIComponent(`${registry.url}/v2/x?y=1&z=%2F`);
      expect((await ask(encoded)).body.toString()).toBe('/v2/x?y=1&z=%2F');
      expect((await ask(registry.url.replace('//', '/') + '/v2/')).body.toString()).toBe('/v2/');
    });

    it('every method that registries have, and no other', async () => {
      const registry = await upstream(echo);
      const ask = await proxyFor(start, registry);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const { body } = await ask(registry.url, { method });
        expect(json(body)).toMatchObject({ method, bytes: 0 });
      }
      expect((await ask(registry.url, { method: 'PROPFIND' })).status).toBeGreaterThanOrEqual(400);
      expect((await ask(registry.url, { method: 'TRACE' })).status).toBeGreaterThanOrEqual(400);
      expect(registry.requests).toHaveLength(5);
    });
  });
}

function answers(start: StartProxy): void {
  describe('answers', () => {
    it('with the headers that registries have, readable by the page, and without cookies and CORS', async () => {
      const passed = {
        'accept-ranges': 'bytes',
        'content-range': 'bytes 0-1/2',
        'docker-content-digest': 'sha256:00',
        'docker-distribution-api-version': 'registry/2.0',
        'docker-ratelimit-source': '192.0.2.1',
        'docker-upload-uuid': 'u',
        etag: '"e"',
        link: '</v2/x?last=1>; rel="next"',
        location: '/v2/a/blobs/uploads/1?_state=x',
        'oci-chunk-min-length': '5',
        'oci-filters-applied': 'artifactType',
        'oci-subject': 'sha256:01',
        range: '0-1',
        'ratelimit-limit': '100;w=21600',
        'ratelimit-remaining': '99;w=21600',
        'x-ratelimit-reset': '1',
        'retry-after': '3',
        warning: '299 - "old"',
        'www-authenticate': 'Bearer realm="https://auth.example/token",service="s"',
      };
      const registry = await upstream((_, response) => {
        for (const [name, value] of Object.entries(passed)) {
          response.setHeader(name, value);
        }
        response.setHeader('Set-Cookie', 'a=b').setHeader('Access-Control-Allow-Origin', '*');
        response.setHeader('Access-Control-Allow-Credentials', 'true');
        response.setHeader('Access-Control-Expose-Headers', 'X-Other');
        response.setHeader('Cache-Control', 'public').setHeader('X-Other', 'x');
        response.setHeader('Content-Type', 'text/html').end('{}');
      });
      const ask = await proxyFor(start, registry);
      const { headers } = await ask(registry.url, { headers: { origin: PAGE } });
      for (const [name, value] of Object.entries(passed)) {
        expect([name, headers[name]]).toEqual([name, value]);
      }
      expect(headers).toMatchObject({
        'content-type': 'text/html',
        'content-length': '2',
        'access-control-allow-origin': PAGE,
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; sandbox",
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        'x-drydock-proxy': 'passed',
        vary: expect.stringContaining('Origin') as unknown,
      });
      const exposed = String(headers['access-control-expose-headers']).toLowerCase().split(', ');
      for (const header of [...Object.keys(passed), 'content-length', 'x-drydock-proxy']) {
        expect(exposed).toContain(header);
      }
      expect(exposed).not.toContain('x-other');
      for (const name of ['set-cookie', 'x-other', 'access-control-allow-credentials']) {
        expect(headers).not.toHaveProperty(name);
      }
    });

    it.each([200, 201, 202, 206, 304, 400, 401, 403, 404, 416, 429, 500, 503])(
      'with the status %i and its body',
      async (status) => {
        const registry = await upstream((_, response) => {
          response.writeHead(status, { 'Content-Range': 'bytes 5-9/10', ETag: '"e"' });
          response.end(status === 304 ? undefined : 'five!');
        });
        const ask = await proxyFor(start, registry);
        const answer = await ask(registry.url, { headers: { range: 'bytes=5-' } });
        expect(answer.status).toBe(status);
        expect(answer.body.toString()).toBe(status === 304 ? '' : 'five!');
        expect(answer.headers).toMatchObject({ 'content-range': 'bytes 5-9/10', etag: '"e"' });
      },
    );

    it('to HEAD with the length of what GET would bring', async () => {
      const registry = await upstream((_, response) => {
        response.writeHead(200, { 'Content-Length': 123_456_789 }).end();
      });
      const ask = await proxyFor(start, registry);
      const { status, headers, body } = await ask(registry.url, { method: 'HEAD' });
      expect([status, headers['content-length'], body.length]).toEqual([200, '123456789', 0]);
      expect(registry.requests[0]?.method).toBe('HEAD');
    });

    it('to GET with its length, and with none where there is none', async () => {
      const blob = randomBytes(1_000_000);
      const registry = await upstream(({ url }, response) => {
        if (url === '/known') response.setHeader('Content-Length', blob.length);
        response.write(blob);
        response.end();
      });
      const ask = await proxyFor(start, registry);
      const known = await ask(`${registry.url}/known`);
      expect(known.headers['content-length']).toBe('1000000');
      expect(known.body.equals(blob)).toBe(true);
      const unknown = await ask(`${registry.url}/unknown`);
      expect(unknown.headers['content-length']).toBeUndefined();
      expect(unknown.body.equals(blob)).toBe(true);
    });

    it('with bytes that can be read, where a server compresses them all the same', async () => {
      const text = 'a manifest '.repeat(100);
      const registry = await upstream((_, response) => {
        const body = gzipSync(text);
        response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': body.length });
        response.end(body);
      });
      const ask = await proxyFor(start, registry);
      const answer = await fetch(`${ask.url}/proxy/${registry.url}`);
      expect(await answer.text()).toBe(text);
    });

    it('to a preflight by itself, for every header and method that push and pull need', async () => {
      const registry = await upstream(echo);
      const ask = await proxyFor(start, registry);
      const { status, headers } = await ask(registry.url, {
        method: 'OPTIONS',
        headers: {
          origin: PAGE,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization,content-range',
          'access-control-request-private-network': 'true',
        },
      });
      expect(status).toBe(204);
      expect(headers).toMatchObject({
        'access-control-allow-origin': PAGE,
        'access-control-allow-private-network': 'true',
      });
      const allowed = String(headers['access-control-allow-headers']).split(', ');
      const needed = ['accept', 'authorization', 'content-range', 'content-type', 'if-none-match'];
      for (const header of [...needed, 'if-range', 'range']) expect(allowed).toContain(header);
      for (const method of ['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        expect(headers['access-control-allow-methods']).toContain(method);
      }
      expect(registry.requests).toEqual([]);
    });
  });
}

function uploads(start: StartProxy): void {
  const blob = randomBytes(3_000_000);
  const digest = createHash('sha256').update(blob).digest('hex');

  describe('an upload', () => {
    it.each(['POST', 'PUT', 'PATCH'])(
      'by %s arrives whole, with its length and range',
      async (method) => {
        const registry = await upstream(echo);
        const ask = await proxyFor(start, registry);
        const headers = {
          'content-type': 'application/octet-stream',
          'content-range': '0-2999999',
        };
        const { body } = await ask(registry.url, { method, body: blob, headers });
        const seen = json(body) as { digest: string; headers: Record<string, string> };
        expect(seen.digest).toBe(digest);
        expect(seen.headers).toMatchObject({ ...headers, 'content-length': '3000000' });
        expect(seen.headers).not.toHaveProperty('transfer-encoding');
      },
    );

    it('without a length arrives in chunks', async () => {
      const registry = await upstream(echo);
      const ask = await proxyFor(start, registry);
      const parts = [blob.subarray(0, 1_000_000), blob.subarray(1_000_000)];
      const { body } = await ask(registry.url, { method: 'PATCH', body: parts });
      expect(json(body)).toMatchObject({ digest, headers: { 'transfer-encoding': 'chunked' } });
    });

    it('that is empty says so', async () => {
      const registry = await upstream(echo);
      const ask = await proxyFor(start, registry);
      const headers = { 'content-length': '0' };
      const { body } = await ask(registry.url, { method: 'POST', headers });
      expect(json(body)).toMatchObject({ bytes: 0, headers: { 'content-length': '0' } });
    });

    it('that the registry refuses before it has read it tells the page why', async () => {
      const registry = await upstream((_, response) => {
        response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' });
        response.end('no');
      });
      const ask = await proxyFor(start, registry);
      const { status, headers, body } = await ask(registry.url, { method: 'PUT', body: blob });
      expect([status, headers['www-authenticate'], body.toString()]).toEqual([
        401,
        'Basic realm="x"',
        'no',
      ]);
    });

    it('is followed to where it is redirected while it has no body, and keeps its method', async () => {
      const registry = await upstream((request, response) => {
        if (request.url === '/2') echo(request, response);
        else response.writeHead(307, { Location: '/2' }).end();
      });
      const ask = await proxyFor(start, registry);
      const headers = { 'content-length': '0' };
      const started = await ask(`${registry.url}/1`, { method: 'POST', headers });
      expect(json(started.body)).toMatchObject({ method: 'POST', url: '/2' });
      const sent = await ask(`${registry.url}/1`, { method: 'PUT', body: blob });
      expect([sent.status, sent.headers['x-drydock-proxy']]).toEqual([502, 'refused']);
      expect(sent.body.toString()).toContain('redirected an upload');
    });
  });
}

function redirects(start: StartProxy): void {
  describe('a redirect', () => {
    it('is followed; credentials go to the first host alone, and not again when it comes back', async () => {
      const registry = await upstream((request, response) => {
        const onward = { '/1': '/2', '/2': `${blobs.url}/3` }[String(request.url)];
        if (onward) response.writeHead(307, { Location: onward }).end('moved');
        else echo(request, response);
      });
      const blobs = await upstream((_, response) => {
        response.writeHead(302, { Location: `${registry.url}/4` }).end();
      });
      const ask = await proxyFor(start, registry, blobs);
      const headers = {
        authorization: 'Basic c2VjcmV0',
        range: 'bytes=5-',
        'if-none-match': '"x"',
      };
      const { body } = await ask(`${registry.url}/1`, { headers });
      expect(json(body)).toMatchObject({ url: '/4', headers: { range: 'bytes=5-' } });
      const sent = [...registry.requests, ...blobs.requests].map((request) => [
        request.url,
        request.headers.authorization,
      ]);
      expect(sent).toEqual([
        ['/1', 'Basic c2VjcmV0'],
        ['/2', 'Basic c2VjcmV0'],
        ['/4', undefined],
        ['/3', undefined],
      ]);
      expect(blobs.requests[0]?.headers).toMatchObject({ range: 'bytes=5-', host: blobs.host });
    });

    it('to another port of the same address is to another host', async () => {
      const other = await upstream(echo);
      const registry = await upstream((_, response) =>
        response.writeHead(301, { Location: `${other.url}/x` }).end(),
      );
      const ask = await proxyFor(start, registry, other);
      await ask(registry.url, { headers: { authorization: 'Bearer secret' } });
      expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    });

    it('to what is not listed is refused by name, and that is not asked', async () => {
      const secret = await upstream((_, response) => response.end('secret'));
      const registry = await upstream((_, response) =>
        response.writeHead(302, { Location: `${secret.url}/latest/meta-data` }).end(),
      );
      const ask = await proxyFor(start, registry);
      const { status, headers, body } = await ask(registry.url);
      expect([status, headers['x-drydock-proxy']]).toEqual([403, 'refused']);
      expect(body.toString()).toContain(`redirected to ${secret.host}`);
      expect(secret.requests).toEqual([]);
    });

    it.each([
      ['http://169.254.169.254/latest/meta-data', 403],
      ['https://[fd00:ec2::254]/', 403],
      ['https://localhost/', 403],
      ['http://registry-1.docker.io/', 403],
      ['file:///etc/passwd', 403],
      ['data:text/plain,x', 403],
      ['https://user:password@registry-1.docker.io/', 502],
      ['https://', 502],
    ])('to %s is refused', async (location, status) => {
      const registry = await upstream((_, response) =>
        response.writeHead(302, { Location: location }).end(),
      );
      const ask = await proxyFor(start, registry);
      const answer = await ask(registry.url);
      expect([answer.status, answer.headers.location]).toEqual([status, undefined]);
    });

    it('with line ends in it stays one request', async () => {
      const registry = await upstream((request, response) => {
        const onward = '/next%0d%0aX-Injected:%20y?a=%0D%0A%0D%0AGET%20/';
        if (request.url === '/') response.writeHead(302, { Location: onward }).end();
        else echo(request, response);
      });
      const ask = await proxyFor(start, registry);
      const { body } = await ask(`${registry.url}/`);
      expect(json(body)).toMatchObject({ url: '/next%0d%0aX-Injected:%20y?a=%0D%0A%0D%0AGET%20/' });
      expect(registry.requests.map(({ headers }) => headers['x-injected'])).toEqual([
        undefined,
        undefined,
      ]);
    });

    it('without a place is refused, and one that never ends is given up', async () => {
      const registry = await upstream(({ url }, response) =>
        response.writeHead(302, url === '/none' ? {} : { Location: '/again' }).end(),
      );
      const ask = await proxyFor(start, registry);
      expect((await ask(`${registry.url}/none`)).status).toBe(502);
      expect((await ask(registry.url)).status).toBe(502);
      expect(registry.requests).toHaveLength(1 + 6);
    });
  });
}

function targets(start: StartProxy): void {
  describe('does not reach', () => {
    const refused: readonly (readonly [string, number])[] = [
      ['https://example.com/v2/', 403],
      ['https://169.254.169.254/latest/meta-data', 403],
      ['http://127.0.0.1:22/', 403],
      ['http://2130706433/', 403],
      ['http://0177.0.0.1/', 403],
      ['http://0x7f.1/', 403],
      ['http://127.1/', 403],
      ['https://[::1]/', 403],
      ['https://[::ffff:127.0.0.1]/', 403],
      ['https://[64:ff9b::7f00:1]/', 403],
      ['https://localhost/', 403],
      ['http://registry-1.docker.io/v2/', 403],
      ['https://registry-1.docker.io:8443/v2/', 403],
      ['https://registry-1.docker.io./v2/', 403],
      ['https://ghcr.io.example.com/v2/', 403],
      ['https://example.com/?https://ghcr.io/', 403],
      ['https://example.com%2Fghcr.io/', 400],
      ['https://evilgcr.io/v2/', 403],
      ['https://production.cloudflare.docker.com/x', 403],
      ['https://bucket.s3.amazonaws.com/x', 403],
      ['https://user:pass@ghcr.io/v2/', 400],
      ['https://ghcr.io@example.com/v2/', 400],
      ['ftp://ghcr.io/', 400],
      ['//ghcr.io/', 400],
      ['ghcr.io/v2/', 400],
      ['https%3A%2F%2F%zz', 400],
      ['https%3A%2F%2Fghcr.io%2F%0D%0AHost:%20x', 400],
      ['https%3A%2F%2Fghcr.io%2F%09', 400],
      ['javascript:alert(1)', 400],
      ['https:///', 400],
      ['', 400],
    ];
    it('these', async () => {
      const ask = await proxyFor(start);
      for (const [target, status] of refused) {
        const answer = await ask(target, { headers: { origin: PAGE } });
        expect([target, answer.status]).toEqual([target, status]);
        expect(answer.headers).toMatchObject({
          'x-drydock-proxy': 'refused',
          'access-control-allow-origin': PAGE,
          'content-type': 'text/plain; charset=utf-8',
        });
        expect(answer.body.toString()).toMatch(/^[A-Z].*\.\n$/);
      }
    });

    it('a server that is not there, and names it', async () => {
      const gone = await startUpstream(() => undefined);
      await gone.close();
      const ask = await proxyFor(start, gone);
      const { status, body } = await ask(gone.url);
      expect(status).toBe(502);
      expect(body.toString()).toContain(`cannot reach ${gone.host}`);
    });
  });
}

function callers(start: StartProxy): void {
  describe('is used by', () => {
    const cases: readonly (readonly [string, Record<string, string>, number])[] = [
      ['curl, which sends neither', {}, 200],
      ['a listed page', { origin: PAGE }, 200],
      ['the page itself', { 'sec-fetch-site': 'same-origin' }, 200],
      [
        'the page itself, with an origin',
        { host: 'localhost:1', origin: 'http://localhost:1' },
        200,
      ],
      ['the page itself, behind TLS', { host: 'localhost', origin: 'https://localhost' }, 200],
      ['someone who typed it', { 'sec-fetch-site': 'none' }, 200],
      ['another page', { origin: 'https://evil.example' }, 403],
      ['a page on another port', { host: 'localhost:1', origin: 'http://localhost:2' }, 403],
      ['a listed page over http', { origin: 'http://pages.example' }, 403],
      ['a page below a listed one', { origin: 'https://x.pages.example' }, 403],
      ['a page without an origin', { origin: 'null' }, 403],
      ['what is no page', { host: 'localhost:1', origin: 'foo://localhost:1' }, 403],
      ['another page without Origin', { 'sec-fetch-site': 'cross-site' }, 403],
      ['a sibling page without Origin', { 'sec-fetch-site': 'same-site' }, 403],
      ['a page that rebound its name', { host: 'evil.example' }, 403],
      ['… with an origin to match', { host: 'evil.example', origin: 'http://evil.example' }, 403],
      ['… and localhost in its name', { host: 'localhost.evil.example' }, 403],
      ['… and credentials in its name', { host: 'localhost@evil.example' }, 403],
      ['a listed page’s host', { host: 'pages.example' }, 200],
      ['localhost on any port', { host: 'localhost:9999' }, 200],
      ['localhost by its IPv6 address', { host: '[::1]:9999' }, 200],
    ];
    it('these and not those', async () => {
      const registry = await upstream((_, response) => response.end('ok'));
      const ask = await proxyFor(start, registry);
      let expected = 0;
      for (const [who, headers, status] of cases) {
        const answer = await ask(registry.url, { headers });
        // A runtime may refuse what is no host before the proxy sees it.
        const seen = answer.status === 400 && who.includes('credentials') ? 403 : answer.status;
        expect([who, seen]).toEqual([who, status]);
        if (status === 200) expected++;
        else expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      }
      expect(registry.requests).toHaveLength(expected);
    });

    it.each(['OPTIONS', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])(
      'no other page by %s, of which the registry learns nothing',
      async (method) => {
        const registry = await upstream((_, response) => response.end('ok'));
        const ask = await proxyFor(start, registry);
        const strangers = cases.filter(([who, , status]) => status === 403 && !/creden/.test(who));
        const body = Buffer.from('a manifest');
        for (const [who, sent] of strangers) {
          const asked = { 'access-control-request-method': 'PUT', ...sent };
          const isUpload = /^P/.test(method);
          const headers = isUpload ? { 'content-type': 'text/plain', ...sent } : asked;
          const answer = await ask(registry.url, {
            method,
            headers,
            ...(isUpload ? { body } : {}),
          });
          expect([who, answer.status]).toEqual([who, 403]);
          const names = Object.keys(answer.headers);
          expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
        }
        expect(registry.requests).toEqual([]);
        const listed = await ask(registry.url, { method, headers: { origin: PAGE } });
        expect(listed.status).toBe(method === 'OPTIONS' ? 204 : 200);
      },
    );
  });
}

const MEBIBYTE = 1 << 20;

function streaming(start: StartProxy): void {
  describe('a stream', () => {
    it('that the server cuts does not look whole', async () => {
      const registry = await upstream(({ url }, response) => {
        if (url === '/known') response.setHeader('Content-Length', 2_000_000);
        response.write(Buffer.alloc(1_000_000), () => response.destroy());
      });
      const ask = await proxyFor(start, registry);
      for (const path of ['/known', '/unknown']) {
        const { status, complete, body } = await ask(registry.url + path);
        expect([path, status, complete]).toEqual([path, 200, false]);
        expect(body.length).toBeLessThanOrEqual(1_000_000);
      }
    });

    it('that the page leaves is left', async () => {
      const closed: Promise<unknown>[] = [];
      const registry = await upstream((_, response) => {
        closed.push(once(response, 'close'));
        response.write(Buffer.alloc(100_000));
      });
      const ask = await proxyFor(start, registry);
      const answer = await openRequest(`${ask.url}/proxy/${registry.url}`);
      await once(answer, 'data');
      answer.destroy();
      await closed[0];
    });

    it('is read no faster than the page takes it', async () => {
      let sent = 0;
      const registry = await upstream((_, response) => {
        const part = Buffer.alloc(MEBIBYTE);
        const more = (): void => {
          while (sent < 400 * MEBIBYTE) {
            sent += part.length;
            if (!response.write(part)) return void response.once('drain', more);
          }
          response.end();
        };
        more();
      });
      const ask = await proxyFor(start, registry);
      const answer = await openRequest(`${ask.url}/proxy/${registry.url}`);
      await once(answer, 'readable');
      await standsStill(() => sent);
      expect(sent).toBeLessThan(50 * MEBIBYTE);
      answer.destroy();
    });

    it('is sent no faster than the registry takes it', async () => {
      const registry = await upstream((request) => void request.pause());
      const ask = await proxyFor(start, registry);
      let sent = 0;
      const part = Buffer.alloc(MEBIBYTE);
      const sending = request(`${ask.url}/proxy/${registry.url}`, { method: 'PATCH' });
      sending.on('error', () => undefined);
      const more = (): void => {
        while (sent < 400 * MEBIBYTE) {
          sent += part.length;
          if (!sending.write(part)) return void sending.once('drain', more);
        }
        sending.end();
      };
      more();
      await standsStill(() => sent);
      sending.destroy();
      expect(sent).toBeLessThan(50 * MEBIBYTE);
    });
  });
}

/** Resolves once a number has not changed for a while. */
async function standsStill(value: () => number): Promise<void> {
  for (let before = -1; before !== value() || before === 0;) {
    before = value();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
