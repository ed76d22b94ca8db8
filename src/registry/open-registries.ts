import type { Clock } from '../base/task';
import type { SettingsStore } from '../store/index-store';
import { Credentials } from './auth/credentials';
import type { RealmCheck } from './auth/realm';
import { createRegistries, type Registries, type RegistriesParts } from './registries';
import { RegistrySettings } from './registry-settings';
import { sessionRoutes } from './http/session-routes';
import type { Fetch, PageSituation } from './http/transport';

export interface OpenRegistriesParts {
  readonly settings: SettingsStore;
  readonly fetch: Fetch;
  readonly page: PageSituation;
  /** Asks the user whether a registry may send him to a token server on another site. */
  readonly confirmRealm: RealmCheck['confirm'];
  readonly onLimit: RegistriesParts['onLimit'];
  readonly onRetry: RegistriesParts['onRetry'];
  readonly now: Clock;
}

/** The registries of a page, and how the user has set them up. */
export interface OpenedRegistries {
  readonly registries: Registries;
  readonly settings: RegistrySettings;
  readonly credentials: Credentials;
  /** The same registries by way of another proxy than is set, undefined for none; for a test before it is. Nothing is remembered. */
  readonly trial: (proxy: string | undefined) => Registries;
}

export async function openRegistries({
  settings: store,
  fetch,
  page,
  confirmRealm,
  onLimit,
  onRetry,
  now,
}: OpenRegistriesParts): Promise<OpenedRegistries> {
  const [settings, credentials] = await Promise.all([
    RegistrySettings.read(store),
    Credentials.open(store),
  ]);
  const parts = {
    fetch,
    page,
    now,
    credentials,
    onLimit,
    onRetry,
    realms: settings.realms(confirmRealm),
    allowsPlainHttp: (registry: string) => settings.allowsPlainHttp(registry),
  };
  const registries = createRegistries({
    ...parts,
    proxy: () => settings.proxy,
    routes: settings.routes,
  });
  const trial = (proxy: string | undefined): Registries =>
    createRegistries({ ...parts, proxy: () => proxy, routes: sessionRoutes() });
  return { registries, settings, credentials, trial };
}
