import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { collect } from '../../../src/base/byte-source';
import { encodeUtf8 } from '../../../src/base/bytes';
import type { Digest } from '../../../src/oci/digest';
import { parseReference } from '../../../src/oci/reference';
import type { RegistryClient } from '../../../src/registry/client';
import type { Credential } from '../../../src/registry/auth/credential';
import { digestOf } from '../../support/archive-builder';
import { all } from '../../support/blobs';
import { registriesFor } from '../../support/registries';
import { startUpstream, type Upstream } from '../../support/upstream';

const servers: Upstream[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

type Answers = (request: IncomingMessage, response: ServerResponse, path: string) => unknown;

async function serve(answer: Answers): Promise<Upstream> {
  const listener: RequestListener = (request, response) => {
    answer(request, response, request.url ?? '');
  };
  const server = await startUpstream(listener);
  servers.push(server);
  return server;
}

function clientOf(
  server: Upstream,
  parts: Parameters<typeof registriesFor>[0] = {},
): RegistryClient {
  return registriesFor(parts).open(server.host);
}

function json(response: ServerResponse, body: unknown, status = 200): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/json' });
  return response.end(JSON.stringify(body));
}

const MANIFEST = encodeUtf8('{"schemaVersion":2}');
const SECRET: Credential = { kind: 'password', username: 'me', password: 'sesame' };

describe('a registry without a login', () => {
  it('resolves a tag by HEAD alone', async () => {
    const digest = digestOf(MANIFEST);
    const server = await serve((request, response, path) => {
      if (path === '/v2/') return json(response, {});
      response.writeHead(200, {
        'content-type': 'application/vnd.oci.image.manifest.v1+json',
        'content-length': MANIFEST.length,
        'docker-content-digest': digest,
      });
      response.end(request.method === 'HEAD' ? undefined : MANIFEST);
    });
    const reference = parseReference(`${server.host}/team/app:1.0`);
    expect(await clientOf(server).resolve(reference)).toEqual({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest,
      size: MANIFEST.length,
    });
    const asked = server.requests.map(({ method, url }) => `${method} ${url}`);
    expect(asked).toEqual(['GET /v2/', 'HEAD /v2/team/app/manifests/1.0']);
    expect(server.requests[1]?.headers.accept).toContain('application/vnd.oci.image.index.v1+json');
  });

  it('hashes the manifest where the registry does not tell its digest', async () => {
    const server = await serve((request, response, path) => {
      if (path === '/v2/') return json(response, {});
      response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' });
      response.end(request.method === 'HEAD' ? undefined : MANIFEST);
    });
    const found = await clientOf(server).resolve(parseReference(`${server.host}/app`));
    expect(found).toMatchObject({ digest: digestOf(MANIFEST), size: MANIFEST.length });
  });

  it('refuses a manifest that its digest does not name, and asks for a sound one only once', async () => {
    const digest = digestOf(MANIFEST);
    let sent: Uint8Array = encodeUtf8('{"other":1}');
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return json(response, {});
      response.end(sent);
    });
    const client = clientOf(server);
    await expect(client.manifest('app', { digest })).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    sent = MANIFEST;
    await client.manifest('app', { digest });
    const before = server.requests.length;
    expect(await client.manifest('app', { digest })).toEqual(MANIFEST);
    expect(server.requests.length).toBe(before);
  });

  it('refuses what a tag brings where the registry tells another digest of it', async () => {
    const server = await serve((request, response, path) => {
      if (path === '/v2/') return json(response, {});
      if (request.method === 'HEAD') return response.writeHead(404).end();
      response.writeHead(200, { 'docker-content-digest': digestOf(MANIFEST) });
      response.end('{"schemaVersion":3}');
    });
    const resolved = clientOf(server).resolve(parseReference(`${server.host}/app`));
    await expect(resolved).rejects.toMatchObject({
      code: 'digest-mismatch',
      detail: { expected: digestOf(MANIFEST) },
    });
  });

  it('says for a registry that wants a login and says nothing what docker says', async () => {
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return json(response, {});
      response.writeHead(401).end();
    });
    const blob = { digest: digestOf(MANIFEST), size: 10 };
    await expect(clientOf(server).blob('app', blob)).rejects.toMatchObject({
      code: 'unauthorized',
      detail: { text: 'unauthorized: authentication required' },
    });
  });

  it('follows the pages of a list of tags, whatever host their links name', async () => {
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return json(response, {});
      if (!path.includes('last=')) {
        response.setHeader('link', '<http://inside:5000/v2/app/tags/list?last=b&n=2>; rel="next"');
        return json(response, { name: 'app', tags: ['a', 'b'] });
      }
      json(response, { name: 'app', tags: ['c'] });
    });
    const tags: string[] = [];
    for await (const tag of clientOf(server).tags('app')) tags.push(tag);
    expect(tags).toEqual(['a', 'b', 'c']);
  });

  it('takes a web page for what it is', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Welcome</title>');
    });
    const resolved = clientOf(server).resolve(parseReference(`${server.host}/app`));
    await expect(resolved).rejects.toMatchObject({ code: 'not-a-registry' });
  });

  it('is not waited for where nobody answers, but where bytes are on their way', async () => {
    const server = await serve((_, response) => json(response, {}));
    let asked = 0;
    let isAway = false;
    const client = clientOf(server, {
      retry: { attempts: 6, firstDelay: 1, longestDelay: 5 },
      fetch: (url, init) => {
        if (!isAway) return fetch(url, init);
        asked++;
        return Promise.reject(new TypeError('Failed to fetch'));
      },
    });
    await client.access();
    isAway = true;
    const unreachable = { code: 'registry-unreachable' };
    const resolved = client.resolve(parseReference(`${server.host}/app`));
    await expect(resolved).rejects.toMatchObject(unreachable);
    expect(asked).toBe(3);
    const blob = client.blob('app', { digest: digestOf(MANIFEST), size: 10 });
    await expect(blob).rejects.toMatchObject(unreachable);
    expect(asked).toBe(3 + 6);
  });

  it('says in the registry’s own words why it refuses', async () => {
    const server = await serve((request, response, path) => {
      if (path === '/v2/') return json(response, {});
      const error = { code: 'MANIFEST_UNKNOWN', message: 'manifest\nunknown\u001b[31m' };
      json(response, request.method === 'HEAD' ? {} : { errors: [error] }, 404);
    });
    const resolved = clientOf(server).resolve(parseReference(`${server.host}/app`));
    await expect(resolved).rejects.toMatchObject({
      code: 'not-found',
      detail: { text: 'manifest unknown: manifest unknown [31m', status: 404 },
    });
  });

  it('says words that are code and message alike once, and keeps them as docker prints them', async () => {
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return json(response, {});
      json(response, { errors: [{ code: 'NAME_UNKNOWN', message: 'name unknown' }] }, 404);
    });
    await expect(clientOf(server).resolve(parseReference(`${server.host}/app`))).rejects.toEqual(
      expect.objectContaining({
        message: `The registry ${server.host} refused: name unknown.`,
        detail: expect.objectContaining({ text: 'name unknown: name unknown' }) as unknown,
      }),
    );
  });

  it('says which blob it has not got', async () => {
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return json(response, {});
      json(response, { errors: [{ code: 'BLOB_UNKNOWN', message: 'blob unknown' }] }, 404);
    });
    const digest = digestOf(MANIFEST);
    await expect(clientOf(server).blob('app', { digest, size: 10 })).rejects.toMatchObject({
      code: 'blob-unknown',
      message: expect.stringContaining(`does not have the blob ${digest}`) as string,
      detail: { digest, status: 404 },
    });
  });

  it('tries again what may be over in a moment, and gives up after some time', async () => {
    let failures = 2;
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return json(response, {});
      if (failures-- > 0) return json(response, {}, 503);
      json(response, { tags: ['a'] });
    });
    const client = clientOf(server);
    const first = await client.tags('app')[Symbol.asyncIterator]().next();
    expect(first.value).toBe('a');
    failures = 100;
    await expect(client.tags('app')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'registry-failed',
    });
    expect(failures).toBe(96);
  });

  it('does not take a limit for over when what was asked before it was met is answered', async () => {
    let answerTags: () => unknown = () => undefined;
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return json(response, {});
      if (path.includes('/tags/')) {
        answerTags = () => json(response, { tags: ['a'] });
        return undefined;
      }
      response.setHeader('retry-after', '7200');
      json(response, {}, 429);
    });
    const told: boolean[] = [];
    const client = clientOf(server, { onLimit: (_, __, isPassed) => told.push(isPassed) });
    const tags = all(client.tags('app'));
    await expect.poll(() => server.requests.some(({ url }) => url?.includes('/tags/'))).toBe(true);
    await expect(client.resolve(parseReference(`${server.host}/app`))).rejects.toMatchObject({
      code: 'rate-limited',
    });
    answerTags();
    expect(await tags).toEqual(['a']);
    // By HEAD, and by the GET that asks for the registry's words.
    expect(told).toEqual([true, true]);
    const later = all(client.tags('app'));
    await expect
      .poll(() => server.requests.filter(({ url }) => url?.includes('/tags/')).length)
      .toBe(2);
    answerTags();
    await later;
    expect(told).toEqual([true, true, false]);
  });

  it('tells the limit and its end where too much was asked for', async () => {
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return json(response, {});
      response.setHeader('ratelimit-limit', '100;w=21600');
      response.setHeader('retry-after', '7200');
      json(response, { errors: [{ code: 'TOOMANYREQUESTS', message: 'slow down' }] }, 429);
    });
    const resolved = clientOf(server).resolve(parseReference(`${server.host}/app`));
    await expect(resolved).rejects.toMatchObject({
      code: 'rate-limited',
      message: expect.stringMatching(
        /limit of 100 requests in 6 hours .* it ends in 2 hours/,
      ) as string,
      detail: {
        ...{ limit: 100, windowSeconds: 21600, retryAfter: 7200 },
        text: 'toomanyrequests: slow down',
      },
    });
  });

  it('asks once for the words of a limit, which a HEAD has not', async () => {
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return json(response, {});
      response.setHeader('retry-after', '7200');
      json(response, { errors: [{ code: 'TOOMANYREQUESTS', message: 'slow down' }] }, 429);
    });
    const resolved = clientOf(server).resolve(parseReference(`${server.host}/app`));
    await expect(resolved).rejects.toMatchObject({
      message: expect.stringContaining('(toomanyrequests: slow down)') as string,
    });
    const asked = server.requests.map(({ method }) => method);
    expect(asked).toEqual(['GET', 'HEAD', 'GET']);
  });

  it('tells the limit where nothing but a HEAD is answered', async () => {
    const server = await serve((request, response, path) => {
      if (path === '/v2/') return json(response, {});
      if (request.method === 'GET') return response.destroy();
      response.setHeader('retry-after', '7200');
      json(response, {}, 429);
    });
    const resolved = clientOf(server).resolve(parseReference(`${server.host}/app`));
    await expect(resolved).rejects.toMatchObject({ code: 'rate-limited' });
  });

  const DENIED = { errors: [{ code: 'DENIED', message: 'not here' }] };
  const PLAIN = { 'content-type': 'text/plain' };
  it.each<[string, number, Record<string, string>, string]>([
    ['in JSON', 403, { 'content-type': 'application/json' }, JSON.stringify(DENIED)],
    ['without a word', 403, {}, ''],
    ['in plain words', 403, PLAIN, 'Forbidden'],
    ['as if it were not there, in JSON', 404, {}, JSON.stringify(DENIED)],
    ['as if it were not there', 404, { 'docker-distribution-api-version': 'registry/2.0' }, ''],
    ['as a server of something else would', 404, PLAIN, '404 page not found'],
    ['with a page', 200, { 'content-type': 'text/html' }, '<!doctype html><p>Hello</p>'],
    ['with a page that refuses', 403, { 'content-type': 'text/html' }, '<!doctype html><p>No</p>'],
    ['in plain words', 200, PLAIN, 'Hello'],
    ['by a failure', 500, {}, ''],
    ['for now', 503, { 'retry-after': '7200' }, ''],
    ['by a limit', 429, { 'retry-after': '7200' }, ''],
  ])('gives what it has whatever its answer to /v2/ was, %s', async (_, status, headers, body) => {
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return response.writeHead(status, headers).end(body);
      json(response, { tags: ['a'] });
    });
    expect(await all(clientOf(server).tags('app'))).toEqual(['a']);
  });

  it.each<[string, number, Record<string, string>, string]>([
    ['a page that refuses', 403, { 'content-type': 'text/html' }, '<!doctype html><p>No</p>'],
    ['a server of something else', 404, PLAIN, '404 page not found'],
    ['an API of something else', 404, {}, '{"message":"not found"}'],
  ])('is none where %s answers', async (_, status, headers, body) => {
    const server = await serve((_, response) => response.writeHead(status, headers).end(body));
    await expect(all(clientOf(server).tags('app'))).rejects.toMatchObject({
      code: 'not-a-registry',
    });
    await expect(clientOf(server).connection.test()).rejects.toMatchObject({
      code: 'not-a-registry',
    });
    const secret = { kind: 'password', username: 'me', password: 'sesame' } as const;
    await expect(clientOf(server).connection.tryLogin(secret)).rejects.toMatchObject({
      code: 'not-a-registry',
    });
    expect(server.requests.flatMap(({ headers }) => headers.authorization ?? [])).toEqual([]);
  });

  it('is one where what is asked for is refused as registries do it, whatever its answer to /v2/ was', async () => {
    const server = await serve((_, response, path) => {
      if (path === '/v2/') return response.writeHead(404, PLAIN).end('404 page not found');
      json(response, { errors: [{ code: 'NAME_UNKNOWN', message: 'no such repository' }] }, 404);
    });
    await expect(all(clientOf(server).tags('app'))).rejects.toMatchObject({
      code: 'not-found',
      detail: { text: 'name unknown: no such repository' },
    });
    const resolved = clientOf(server).resolve(parseReference(`${server.host}/app`));
    await expect(resolved).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a blob', () => {
  const bytes = encodeUtf8('0123456789');
  const blob = { digest: `sha256:${'0'.repeat(64)}` as Digest, size: 10 };

  async function read(answer: Answers, range?: { start: number; end: number }): Promise<string> {
    const server = await serve((request, response, path) => {
      if (path === '/v2/') return json(response, {});
      answer(request, response, path);
    });
    const stream = await clientOf(server).blob('app', blob, { range });
    return new TextDecoder().decode(await collect(stream));
  }

  it('is read from where it is asked for', async () => {
    const text = await read(
      (request, response) => {
        expect(request.headers.range).toBe('bytes=4-9');
        response.writeHead(206, { 'content-range': 'bytes 4-9/10' });
        response.end(bytes.subarray(4));
      },
      { start: 4, end: 10 },
    );
    expect(text).toBe('456789');
  });

  it('is cut where the server has no ranges', async () => {
    const text = await read((_, response) => response.end(bytes), { start: 4, end: 7 });
    expect(text).toBe('456');
  });

  it('is refused where another range comes', async () => {
    const reading = read(
      (_, response) => {
        response.writeHead(206, { 'content-range': 'bytes 0-5/10' });
        response.end(bytes.subarray(0, 6));
      },
      { start: 4, end: 10 },
    );
    await expect(reading).rejects.toMatchObject({ code: 'bad-reply' });
  });

  it('ends with an error where the server sends for ever', async () => {
    const reading = read((_, response) => {
      const send = (): void => {
        while (!response.destroyed && response.write(bytes));
        response.once('drain', send);
      };
      send();
    });
    await expect(reading).rejects.toMatchObject({ code: 'size-mismatch' });
  });
});

describe('a registry with a token server', () => {
  interface Seen {
    readonly tokens: { readonly url: URL; readonly authorization: string | undefined }[];
    readonly registry: string[];
  }

  /** A registry that takes the tokens its own token server gives, for as many requests as `uses` says. */
  async function tokenRegistry(
    reply: (count: number) => unknown = (count) => ({ token: `t${count}` }),
    uses = Infinity,
  ): Promise<{ server: Upstream; seen: Seen }> {
    const seen: Seen = { tokens: [], registry: [] };
    let used = 0;
    const server = await serve((request, response, path) => {
      const { authorization } = request.headers;
      if (path.startsWith('/token')) {
        seen.tokens.push({ url: new URL(path, server.url), authorization });
        used = 0;
        return json(response, reply(seen.tokens.length));
      }
      seen.registry.push(authorization ?? '');
      const current = `Bearer t${seen.tokens.length}`;
      if (authorization !== current || used++ >= uses) {
        const challenge = `Bearer realm="${server.url}/token",service="here",scope="repository:app:pull"`;
        response.setHeader('www-authenticate', challenge);
        return json(
          response,
          { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
          401,
        );
      }
      json(response, { tags: ['a'] });
    });
    return { server, seen };
  }

  async function tagsOf(client: RegistryClient): Promise<string[]> {
    const tags: string[] = [];
    for await (const tag of client.tags('app')) tags.push(tag);
    return tags;
  }

  it('is asked for a token once, with the name and password in a header', async () => {
    const { server, seen } = await tokenRegistry();
    const client = clientOf(server, { credentials: { get: () => SECRET } });
    expect(await Promise.all([tagsOf(client), tagsOf(client)])).toEqual([['a'], ['a']]);
    expect(seen.tokens.length).toBe(1);
    const [{ url, authorization }] = seen.tokens as [Seen['tokens'][number]];
    expect(Object.fromEntries(url.searchParams)).toEqual({
      service: 'here',
      scope: 'repository:app:pull',
      account: 'me',
    });
    expect(authorization).toBe(`Basic ${btoa('me:sesame')}`);
    expect(url.href).not.toContain('sesame');
  });

  it('gets another token when one is refused, and another when one has ended', async () => {
    const refused = await tokenRegistry(undefined, 1);
    const client = clientOf(refused.server);
    await tagsOf(client);
    await tagsOf(client);
    expect(refused.seen.tokens.length).toBe(2);

    let now = 0;
    const ended = await tokenRegistry((count) => ({ access_token: `t${count}`, expires_in: 300 }));
    const other = clientOf(ended.server, { now: () => now });
    await tagsOf(other);
    now = 290_000;
    await tagsOf(other);
    expect(ended.seen.tokens.length).toBe(1);
    now = 296_000;
    await tagsOf(other);
    expect(ended.seen.tokens.length).toBe(2);
  });

  it('is told to be wrong where its token server lies', async () => {
    for (const lie of [{}, { token: 'a\r\nb: c' }, { token: 5 }, '<html>']) {
      const { server } = await tokenRegistry(() => lie);
      await expect(tagsOf(clientOf(server))).rejects.toMatchObject({
        code: expect.stringMatching(/^bad-(token|document)$/) as string,
      });
    }
  });

  it('is given up where every token is refused', async () => {
    const { server, seen } = await tokenRegistry(() => ({ token: 'useless' }));
    await expect(tagsOf(clientOf(server))).rejects.toMatchObject({
      code: 'unauthorized',
      detail: { text: 'unauthorized' },
    });
    expect(seen.tokens.length).toBeLessThanOrEqual(2);
  });

  it('may be on another site only where the user agrees', async () => {
    const server = await serve((_, response) => {
      response.setHeader('www-authenticate', 'Bearer realm="https://evil.example/token"');
      json(response, {}, 401);
    });
    const asked: unknown[] = [];
    const client = clientOf(server, {
      realms: {
        confirm: (question) => {
          asked.push(question);
          return Promise.resolve(false);
        },
      },
    });
    await expect(tagsOf(client)).rejects.toMatchObject({ code: 'realm-refused' });
    expect(asked).toEqual([{ registry: server.host, realm: 'evil.example' }]);
  });
});

describe('a repository whose challenge leads nowhere', () => {
  it('keeps no other of the same registry from being read', async () => {
    const server = await serve((request, response) => {
      if (!request.url?.includes('/elsewhere/')) return json(response, { tags: ['a'] });
      response.setHeader('www-authenticate', 'Bearer realm="https://evil.example/token"');
      json(response, {}, 401);
    });
    const client = clientOf(server, { realms: { confirm: () => Promise.resolve(false) } });
    await expect(all(client.tags('elsewhere/app'))).rejects.toMatchObject({
      code: 'realm-refused',
    });
    expect(await all(client.tags('app'))).toEqual(['a']);
  });
});

describe('a registry with Basic authentication', () => {
  async function basicRegistry(): Promise<Upstream> {
    return serve((request, response) => {
      if (request.headers.authorization === `Basic ${btoa('me:sesame')}`) {
        return json(response, { tags: ['a'] });
      }
      response.setHeader('www-authenticate', 'Basic realm="Registry"');
      json(
        response,
        { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
        401,
      );
    });
  }

  it('lets in who is logged in', async () => {
    const client = clientOf(await basicRegistry(), { credentials: { get: () => SECRET } });
    expect((await client.tags('app')[Symbol.asyncIterator]().next()).value).toBe('a');
  });

  it('asks others for a login, and tells nobody the password', async () => {
    const server = await basicRegistry();
    await expect(clientOf(server).tags('app')[Symbol.asyncIterator]().next()).rejects.toMatchObject(
      {
        code: 'unauthorized',
        detail: { hasCredential: false },
      },
    );
    const wrong: Credential = { ...SECRET, password: 'open-sesame' };
    const client = clientOf(server, { credentials: { get: () => wrong } });
    const tags = client.tags('app')[Symbol.asyncIterator]();
    const error: unknown = await tags.next().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unauthorized', detail: { hasCredential: true } });
    expect(JSON.stringify(error) + String(error)).not.toContain('open-sesame');
  });

  it('is not told them again by a link to another host', async () => {
    const other = await serve((_, response) => json(response, {}));
    const server = await basicRegistry();
    const client = clientOf(server, { credentials: { get: () => SECRET } });
    await client.connection.send({ path: `${other.url}/elsewhere`, scopes: [] });
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});
