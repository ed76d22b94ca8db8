import { createServer, type Server } from 'node:http';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { APP_HEADERS } from './app-headers';
import { createNodeFetch } from './node-fetch';
import { nodeListener } from './node-listener';
import { listOf } from './options';
import { createProxy } from './proxy';

export interface ServerOptions {
  /** Folder of the built app; the proxy alone is served without it. */
  readonly root?: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** `DRYDOCK_PROXY_ALLOW` */
  readonly allow: string | undefined;
  /** `DRYDOCK_PROXY_ORIGINS` */
  readonly origins: string | undefined;
}

const LONG = 'public, max-age=31536000, immutable';

/** Starts a server for the app and its proxy, and resolves once it listens. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const app = new Hono();
  const { root, host, port } = options;
  app.route(
    '/',
    createProxy({
      fetch: createNodeFetch(),
      allow: listOf(options.allow),
      origins: listOf(options.origins),
      hosts: [host],
    }),
  );
  if (root !== undefined) {
    app.use(async (context, next) => {
      await next();
      // What is under assets/ carries a hash of its content in its name.
      const hashed = context.req.path.startsWith('/assets/') && context.res.ok;
      context.res.headers.set('cache-control', hashed ? LONG : 'no-cache');
      for (const [name, value] of Object.entries(APP_HEADERS)) context.res.headers.set(name, value);
    });
    app.use(serveStatic({ root }));
  }
  const server = createServer(nodeListener(app.fetch));
  // A pull or a push may take hours.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return server;
}
