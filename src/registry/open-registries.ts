import type { Clock } from '../base/task';
import type { SettingsStore } from '../store/index-store';
import { DEFAULT_PROXY } from './proxy-template';
import type { RealmCheck } from './realm';
import { createRegistries, type Registries } from './registries';
import { sessionRoutes } from './session-routes';
import type { Fetch, PageSituation } from './transport';

export interface OpenRegistriesParts {
  readonly settings: SettingsStore;
  readonly fetch: Fetch;
  readonly page: PageSituation;
  readonly realms: RealmCheck;
  readonly now: Clock;
}

/** The registries as the user has set them up. */
export async function openRegistries(parts: OpenRegistriesParts): Promise<Registries> {
  const stored = await parts.settings.get('registry.proxy');
  const proxy = typeof stored === 'string' ? stored : DEFAULT_PROXY;
  return createRegistries({
    ...parts,
    proxy: () => (proxy === '' ? undefined : proxy),
    credentials: { get: () => undefined },
    routes: sessionRoutes(),
  });
}
