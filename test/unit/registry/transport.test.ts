import { describe, expect, it } from 'vitest';
import { Transport, type Fetch, type TransportParts } from '../../../src/registry/http/transport';
import { sessionRoutes } from '../../../src/registry/http/session-routes';

const TARGET = 'https://ghcr.io/v2/';
const PROXIED = `https://drydock.example/proxy/${TARGET}`;

/** What a browser does is decided by URL: a response, or the failure that CORS, a missing network and a missing host all look like. */
interface Scene {
  readonly answers?: Readonly<Record<string, () => Response>>;
  readonly page?: string;
  /** What is asked for. */
  readonly target?: string;
  readonly proxy?: string | undefined;
  readonly isOnline?: boolean;
  readonly routes?: TransportParts['routes'];
}

function scene({
  answers = {},
  page = 'https://drydock.example/',
  isOnline = true,
  ...rest
}: Scene): {
  transport: Transport;
  asked: string[];
} {
  const asked: string[] = [];
  const fetch: Fetch = (url, { method = '' }) => {
    asked.push(`${method} ${url}`);
    const answer = answers[url];
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('Failed to fetch'));
  };
  const proxy = 'proxy' in rest ? rest.proxy : '/proxy/{url}';
  const transport = new Transport({
    fetch,
    proxy: () => proxy,
    page: { url: page, isOnline: () => isOnline },
    routes: rest.routes ?? sessionRoutes(),
  });
  return { transport, asked };
}

const ok = (): Response => new Response('{}', { headers: { 'content-type': 'application/json' } });
const get = (url = TARGET) => ({ method: 'GET', url }) as const;

function refused(status: number, text: string): () => Response {
  return () => new Response(text, { status, headers: { 'x-drydock-proxy': 'refused' } });
}

/** What a server of files answers. */
function page(status: number): () => Response {
  return () =>
    new Response('<!doctype html>', { status, headers: { 'content-type': 'text/html' } });
}

describe('the way to a registry', () => {
  it('is direct where the registry lets pages in', async () => {
    const { transport, asked } = scene({ answers: { [TARGET]: ok, [PROXIED]: ok } });
    expect((await transport.send(get())).route).toBe('direct');
    expect(asked).toEqual([`GET ${TARGET}`]);
  });

  it('is the proxy where it does not, and is remembered', async () => {
    const { transport, asked } = scene({ answers: { [PROXIED]: ok } });
    expect((await transport.send(get())).route).toBe('proxy');
    expect((await transport.send(get())).route).toBe('proxy');
    expect(asked).toEqual([`GET ${TARGET}`, `GET ${PROXIED}`, `GET ${PROXIED}`]);
  });

  it('is found anew where the remembered one leads nowhere', async () => {
    const routes = sessionRoutes([['https://ghcr.io', 'proxy']]);
    const { transport } = scene({ answers: { [TARGET]: ok }, routes });
    expect((await transport.send(get())).route).toBe('direct');
    expect(routes.get('https://ghcr.io')).toBe('direct');
  });

  it('is not tried twice with what changes something', async () => {
    const routes = sessionRoutes([['https://ghcr.io', 'proxy']]);
    const { transport, asked } = scene({ answers: { [TARGET]: ok }, routes });
    const sent = transport.send({ method: 'POST', url: TARGET });
    await expect(sent).rejects.toMatchObject({ code: 'proxy-missing' });
    expect(asked).toEqual([`POST ${PROXIED}`]);
  });

  it('is asked for by something harmless before what changes something is sent, once', async () => {
    const token = 'https://auth.example/token';
    const proxied = `https://drydock.example/proxy/${token}`;
    const { transport, asked } = scene({ answers: { [proxied]: ok } });
    const post = { method: 'POST', url: token, body: 'refresh_token=secret' } as const;
    expect((await transport.send(post)).route).toBe('proxy');
    expect(asked).toEqual([`GET ${token}`, `GET ${proxied}`, `POST ${proxied}`]);
    await transport.send(post);
    expect(asked.slice(3)).toEqual([`POST ${proxied}`]);
  });

  it('takes the template as Settings has it', async () => {
    const proxy = 'https://p.example/?to={encodedUrl}';
    const at = `https://p.example/?to=${encodeURIComponent(TARGET)}`;
    const { transport } = scene({ answers: { [at]: ok }, proxy });
    expect((await transport.send(get())).route).toBe('proxy');
  });

  it('is a proxy of another make, too, where what comes is a registry’s', async () => {
    const answer = (): Response =>
      new Response('404', {
        status: 404,
        headers: {
          'content-type': 'text/plain',
          'docker-distribution-api-version': 'registry/2.0',
        },
      });
    const { transport } = scene({ answers: { [PROXIED]: answer } });
    expect((await transport.send(get())).response.status).toBe(404);
  });

  it('takes a busy proxy’s answer for one to wait for', async () => {
    const { transport } = scene({ answers: { [PROXIED]: refused(503, 'busy') } });
    expect((await transport.send(get())).response.status).toBe(503);
  });
});

describe('a registry that cannot be reached', () => {
  it.each<[string, Scene, string, RegExp]>([
    ['there is no network', { isOnline: false }, 'offline', /offline/],
    [
      'nothing on this machine answers, not even the page’s server',
      { isOnline: false, page: 'http://localhost:4173/', target: 'http://localhost:5000/v2/' },
      'offline',
      /offline/,
    ],
    [
      'it is on this machine and is not there, which no network helps against',
      {
        isOnline: false,
        proxy: undefined,
        page: 'http://localhost:4173/',
        target: 'http://localhost:5000/v2/',
        answers: { 'http://localhost:4173/': page(200) },
      },
      'registry-unreachable',
      /localhost:5000 does not answer/,
    ],
    ['there is no proxy to help', { proxy: undefined }, 'registry-unreachable', /a proxy would/],
    ['nobody is under the proxy’s address', {}, 'proxy-missing', /the proxy does not answer/],
    [
      'the page’s own server has a 404 in the place of a proxy',
      { answers: { [PROXIED]: page(404) } },
      'not-a-proxy',
      /no proxy under "\/proxy\/\{url\}": this page's own server .* status 404.* Settings/,
    ],
    [
      'the page’s own server answers everything with its first page',
      { answers: { [PROXIED]: page(200) } },
      'not-a-proxy',
      /no proxy under/,
    ],
    [
      'the proxy does not reach it',
      { answers: { [PROXIED]: refused(403, 'The proxy does not reach ghcr.io.') } },
      'proxy-refused',
      /^The proxy does not reach ghcr\.io\.$/,
    ],
    [
      'the proxy gets no answer either',
      { answers: { [PROXIED]: refused(502, 'The proxy cannot reach ghcr.io.') } },
      'registry-unreachable',
      /cannot reach/,
    ],
  ])('is told apart: %s', async (_, given, code, message) => {
    const { target = TARGET } = given;
    const sent = scene(given).transport.send(get(target));
    await expect(sent).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      detail: { host: new URL(target).host },
    });
  });

  it('is told apart: a page of https may not ask over plain http, and does not try', async () => {
    const { transport, asked } = scene({ proxy: undefined });
    const sent = transport.send(get('http://registry.lan:5000/v2/'));
    await expect(sent).rejects.toMatchObject({ code: 'mixed-content' });
    expect(asked).toEqual([]);
    const here = scene({ proxy: undefined, answers: { 'http://localhost:5000/v2/': ok } });
    expect((await here.transport.send(get('http://localhost:5000/v2/'))).route).toBe('direct');
  });

  it('is told apart: a page of https may not ask a proxy of plain http, but for one on its machine', async () => {
    const proxy = 'http://proxy.example/{url}';
    const { transport, asked } = scene({ proxy });
    await expect(transport.send(get())).rejects.toMatchObject({
      code: 'insecure-proxy',
      detail: { proxy, host: 'ghcr.io' },
    });
    expect(asked).toEqual([`GET ${TARGET}`]);
    const here = 'http://127.0.0.1:4173/proxy/';
    const near = scene({ proxy: here, answers: { [here + TARGET]: ok } });
    expect((await near.transport.send(get())).route).toBe('proxy');
  });

  it('is no failure where it was given up', async () => {
    const controller = new AbortController();
    const { transport } = scene({});
    controller.abort(new DOMException('enough', 'AbortError'));
    const sent = transport.send({ ...get(), signal: controller.signal });
    await expect(sent).rejects.toThrow('enough');
  });
});
