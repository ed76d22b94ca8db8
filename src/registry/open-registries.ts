import type { Clock } from '../base/task';
import type { SettingsStore } from '../store/index-store';
import { Credentials } from './auth/credentials';
import type { RealmCheck } from './auth/realm';
import { createRegistries, type Registries } from './registries';
import { RegistrySettings } from './registry-settings';
import type { Fetch, PageSituation } from './http/transport';

export interface OpenRegistriesParts {
  readonly settings: SettingsStore;
  readonly fetch: Fetch;
  readonly page: PageSituation;
  /** Asks the user whether a registry may send him to a token server on another site. */
  readonly confirmRealm: RealmCheck['confirm'];
  readonly now: Clock;
}

/** The registries of a page, and how the user has set them up. */
export interface OpenedRegistries {
  readonly registries: Registries;
  readonly settings: RegistrySettings;
  readonly credentials: Credentials;
}

export async function openRegistries({
  settings: store,
  fetch,
  page,
  confirmRealm,
  now,
}: OpenRegistriesParts): Promise<OpenedRegistries> {
  const [settings, credentials] = await Promise.all([
    RegistrySettings.read(store),
    Credentials.open(store),
  ]);
  const registries = createRegistries({
    fetch,
    page,
    now,
    credentials,
    proxy: () => settings.proxy,
    routes: settings.routes,
    realms: settings.realms(confirmRealm),
    allowsPlainHttp: (registry) => settings.allowsPlainHttp(registry),
  });
  return { registries, settings, credentials };
}
