/**
 * Docker Hub on this machine: a real registry, a token server and the search, which a page reaches as it reaches Hub, by the proxy. The
 * proxy is the real one with its own allow list; only what it connects to is another: the names of Hub's hosts lead to these servers. A
 * page that asks them directly is let in by none of them, as by Hub.
 *
 *     const hub = await startDockerHub();
 *     await pushArchive(hub.registry, archive, 'library/nginx:latest', { user: TOKEN_USER });
 *     const drydock = await Drydock.open({ fetch: hub.fetch, proxy: '/proxy/{url}' });
 *     hub.asked                                          // what went through the proxy, oldest first
 *     const app = await hub.serveApp();                  // the built app with that proxy, for a real browser: openApp({ url: app.url, … })
 *     hub.lists.plan = …                                 // what becomes of searches and lists of tags: faults.ts
 */
import { createServer } from 'node:http';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { APP_HEADERS } from '../../src/proxy/app-headers';
import { createNodeFetch } from '../../src/proxy/node-fetch';
import { nodeListener } from '../../src/proxy/node-listener';
import type { UpstreamFetch } from '../../src/proxy/options';
import { createProxy } from '../../src/proxy/proxy';
import type { Fetch } from '../../src/registry/http/transport';
import { closeServer, portOf } from '../support/upstream';
import { startFaultProxy, type FaultProxy } from './fault-proxy';
import { startHub } from './hub-server';
import { startRegistry, type RegistryServer } from './registry';
import { startTokenServer, type TokenServer } from './token-server';

const REALM = 'https://auth.docker.io/token';

export interface DockerHub {
  readonly registry: RegistryServer;
  readonly tokens: TokenServer;
  /** A page's `fetch`. */
  readonly fetch: Fetch;
  /** `GET https://registry-1.docker.io/v2/` */
  readonly asked: readonly string[];
  /** The way to the search and to Hub's own lists. */
  readonly lists: FaultProxy;
  serveApp(): Promise<ServedApp>;
  stop(): Promise<void>;
}

export interface ServedApp {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startDockerHub(): Promise<DockerHub> {
  const [search, tokens] = await Promise.all([startHub(), startTokenServer()]);
  const registry = await startRegistry({ auth: tokens });
  const challenge = `Bearer realm="${REALM}",service="${tokens.service}"`;
  const front = await startFaultProxy(registry.url, () => ({
    kind: 'headers',
    headers: { 'www-authenticate': challenge },
  }));
  const lists = await startFaultProxy(search.url);
  const asked: string[] = [];
  const proxy = proxyTo(
    new Map([
      ['https://index.docker.io', lists.url],
      ['https://hub.docker.com', lists.url],
      ['https://registry-1.docker.io', front.url],
      ['https://auth.docker.io', new URL(tokens.realm).origin],
    ]),
    asked,
  );
  const stop = async (): Promise<void> => {
    for (const server of [front, registry, tokens, lists, search]) await server.stop();
  };
  const fetch = pageFetch(proxy);
  return { registry, tokens, fetch, asked, lists, serveApp: () => serveApp(proxy), stop };
}

/** The proxy as a server would run it, if these hosts were on this machine, and no others were at all. */
function proxyTo(hosts: ReadonlyMap<string, string>, asked: string[]): Hono {
  const connect = createNodeFetch();
  const upstream: UpstreamFetch = (request) => {
    const { origin, pathname, search } = request.url;
    asked.push(`${request.method} ${request.url.href}`);
    const here = hosts.get(origin);
    if (here === undefined) throw new TypeError(`${origin} is not on this machine`);
    return connect({ ...request, url: new URL(pathname + search, here), listed: true });
  };
  return createProxy({ fetch: upstream, allow: [], origins: [] });
}

/** The `fetch` of a page that has this proxy. */
function pageFetch(proxy: Hono): Fetch {
  return async (url, init) => {
    const { host, pathname } = new URL(url);
    if (!pathname.startsWith('/proxy/')) throw new TypeError('Failed to fetch');
    const headers = new Headers(init.headers);
    headers.set('host', host);
    return proxy.fetch(new Request(url, { ...init, headers }));
  };
}

async function serveApp(proxy: Hono): Promise<ServedApp> {
  const app = new Hono();
  app.route('/', proxy);
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(APP_HEADERS)) context.res.headers.set(name, value);
  });
  app.use(serveStatic({ root: 'dist' }));
  const server = createServer(nodeListener(app.fetch));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}/`, stop: () => closeServer(server) };
}
