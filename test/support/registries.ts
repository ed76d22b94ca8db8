import { openRemoteBlob } from '../../src/registry/open-remote-blob';
import type { PullLayer } from '../../src/registry/pull-layer';
import type { IngestLayer } from '../../src/layer/ingest-layer';
import {
  createRegistries,
  type Registries,
  type RegistriesParts,
} from '../../src/registry/registries';
import { sessionRoutes } from '../../src/registry/session-routes';

/** The registries as a page has them, over Node's own `fetch`; failed requests are sent again at once. */
export function registriesFor(parts: Partial<RegistriesParts> = {}): Registries {
  return createRegistries({
    fetch: (url, init) => fetch(url, init),
    proxy: () => undefined,
    page: { url: 'http://127.0.0.1:4173/', isOnline: () => true },
    routes: sessionRoutes(),
    credentials: { get: () => undefined },
    realms: { confirm: () => Promise.resolve(false) },
    now: Date.now,
    retry: { attempts: 4, firstDelay: 5, longestDelay: 1000 },
    ...parts,
  });
}

/** Fetches layers in this thread, as a worker does it. */
export function pullWith(ingestLayer: IngestLayer): PullLayer {
  return (remote, expected, options) => {
    const source = openRemoteBlob(remote, {
      fetch: (url, init) => fetch(url, init),
      isOnline: () => true,
    });
    return ingestLayer(source, expected, { ...options, resumable: true });
  };
}
