import type { Plugin } from 'vite';
import { createNodeFetch } from './node-fetch';
import { nodeListener } from './node-listener';
import { listOf } from './options';
import { createProxy } from './proxy';
import { PREFIX } from './target';

/** The proxy in Vite's development server. */
export function proxyPlugin(): Plugin {
  return {
    name: 'drydock-proxy',
    configureServer(server) {
      const proxy = createProxy({
        fetch: createNodeFetch(),
        allow: listOf(process.env['DRYDOCK_PROXY_ALLOW']),
        origins: listOf(process.env['DRYDOCK_PROXY_ORIGINS']),
      });
      const listener = nodeListener(proxy.fetch);
      server.middlewares.use((request, response, next) => {
        if (request.url?.startsWith(PREFIX)) listener(request, response);
        else next();
      });
    },
  };
}
