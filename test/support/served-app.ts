import { startServer } from '../../src/proxy/node-server';
import { closeServer, portOf } from './upstream';

/** The built app with its proxy, on this machine. */
export interface ServedApp {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the app with a proxy that reaches one registry more, on this machine as this is. */
export async function serveAppFor(registryUrl: string): Promise<ServedApp> {
  const server = await startServer({
    root: 'dist',
    host: '127.0.0.1',
    port: 0,
    allow: registryUrl,
    origins: undefined,
  });
  return { url: `http://127.0.0.1:${portOf(server)}/`, stop: () => closeServer(server) };
}
