import {
  createRegistries,
  sessionRoutes,
  type Registries,
  type RegistriesParts,
} from '../../src/registry/registries';

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
