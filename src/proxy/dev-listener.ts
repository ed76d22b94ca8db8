import type { IncomingMessage, ServerResponse } from 'node:http';
import { createNodeFetch } from './node-fetch';
import { nodeListener } from './node-listener';
import { listOf } from './options';
import { createProxy } from './proxy';
import { PREFIX } from './target';

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** The proxy as a middleware of a development server, set up by the same environment variables as `npm start`. */
export function devListener(): Middleware {
  const proxy = createProxy({
    fetch: createNodeFetch(),
    allow: listOf(process.env['DRYDOCK_PROXY_ALLOW']),
    origins: listOf(process.env['DRYDOCK_PROXY_ORIGINS']),
  });
  const listener = nodeListener(proxy.fetch);
  return (request, response, next) => {
    if (request.url?.startsWith(PREFIX)) listener(request, response);
    else next();
  };
}
