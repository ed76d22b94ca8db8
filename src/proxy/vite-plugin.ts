import { runnerImport, type Plugin } from 'vite';
import type { devListener } from './dev-listener';

interface DevListenerModule {
  readonly devListener: typeof devListener;
}

/**
 * The proxy in Vite's development server. Its modules are imported when that starts: a build, whose configuration this is part of, does
 * without them.
 */
export function proxyPlugin(): Plugin {
  return {
    name: 'drydock-proxy',
    async configureServer(server) {
      const { module } = await runnerImport<DevListenerModule>('./src/proxy/dev-listener.ts');
      server.middlewares.use(module.devListener());
    },
  };
}
