/**
 * Docker Hub on this machine: a real registry, a token server and the search, which a page reaches as it reaches Hub, by the proxy. The
 * proxy is the real one with its own allow list; only what it connects to is another: the names of Hub's hosts lead to these servers. A
 * page that asks them directly is let in by none of them, as by Hub.
 *
 *     const hub = await startDockerHub();
 *     await pushArchive(hub.registry, archive, 'library/nginx:latest', { user: TOKEN_USER });
 *     const drydock = await Drydock.open({ fetch: hub.fetch, proxy: '/proxy/{url}' });
 *     hub.asked                                          // what went through the proxy, oldest first
 */
import { createNodeFetch } from '../../src/proxy/node-fetch';
import type { UpstreamFetch } from '../../src/proxy/options';
import { createProxy } from '../../src/proxy/proxy';
import type { Fetch } from '../../src/registry/http/transport';
import { startFaultProxy } from './fault-proxy';
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
  const asked: string[] = [];
  const fetch = pageFetch(
    new Map([
      ['https://index.docker.io', search.url],
      ['https://registry-1.docker.io', front.url],
      ['https://auth.docker.io', new URL(tokens.realm).origin],
    ]),
    asked,
  );
  const stop = async (): Promise<void> => {
    for (const server of [front, registry, tokens, search]) await server.stop();
  };
  return { registry, tokens, fetch, asked, stop };
}

/** The `fetch` of a page whose proxy finds these hosts on this machine, and no others at all. */
function pageFetch(hosts: ReadonlyMap<string, string>, asked: string[]): Fetch {
  const connect = createNodeFetch();
  const upstream: UpstreamFetch = (request) => {
    const { origin, pathname, search } = request.url;
    asked.push(`${request.method} ${request.url.href}`);
    const here = hosts.get(origin);
    if (here === undefined) throw new TypeError(`${origin} is not on this machine`);
    return connect({ ...request, url: new URL(pathname + search, here), listed: true });
  };
  const proxy = createProxy({ fetch: upstream, allow: [], origins: [] });
  return async (url, init) => {
    const { host, pathname } = new URL(url);
    if (!pathname.startsWith('/proxy/')) throw new TypeError('Failed to fetch');
    const headers = new Headers(init.headers);
    headers.set('host', host);
    return proxy.fetch(new Request(url, { ...init, headers }));
  };
}
