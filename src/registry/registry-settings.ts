import type { SettingsStore } from '../store/index-store';
import { DEFAULT_PROXY } from './http/proxy-template';
import type { RealmCheck, RealmQuestion } from './auth/realm';
import { sessionRoutes } from './http/session-routes';
import type { Route, RouteMemory } from './http/transport';

const PROXY = 'registry.proxy';
const ROUTES = 'registry.routes';
const PLAIN_HTTP = 'registry.plain-http';
const REALMS = 'registry.realms';

/** How registries are reached, as the user has set it and as it was found out. */
export class RegistrySettings {
  readonly #store: SettingsStore;
  #proxy: string;
  #routes: RouteMemory;
  readonly #plainHttp: Set<string>;
  /** `registry token-server`. */
  readonly #realms: Set<string>;

  private constructor(store: SettingsStore, values: readonly unknown[]) {
    const [proxy, routes, plainHttp, realms] = values;
    this.#store = store;
    this.#proxy = typeof proxy === 'string' ? proxy : DEFAULT_PROXY;
    this.#routes = sessionRoutes(listOf(routes).filter(isRoute));
    this.#plainHttp = new Set(strings(plainHttp));
    this.#realms = new Set(strings(realms));
  }

  static async read(store: SettingsStore): Promise<RegistrySettings> {
    const names = [PROXY, ROUTES, PLAIN_HTTP, REALMS];
    return new RegistrySettings(store, await Promise.all(names.map((name) => store.get(name))));
  }

  /** The proxy's URL template; undefined where there is to be none. */
  get proxy(): string | undefined {
    return this.#proxy === '' ? undefined : this.#proxy;
  }

  /** Undefined for no proxy. What was found out about routes is found out anew. */
  async setProxy(template: string | undefined): Promise<void> {
    this.#proxy = template ?? '';
    this.#routes = sessionRoutes();
    await Promise.all([this.#store.set(PROXY, this.#proxy), this.#store.delete(ROUTES)]);
  }

  /** Routes that led somewhere, kept from session to session. */
  get routes(): RouteMemory {
    return {
      get: (origin) => this.#routes.get(origin),
      entries: () => this.#routes.entries(),
      set: (origin, route) => {
        if (this.#routes.get(origin) === route) return;
        this.#routes.set(origin, route);
        // Found out anew where it could not be stored.
        this.#store.set(ROUTES, this.#routes.entries()).catch(() => undefined);
      },
    };
  }

  /** Whether a registry that is not on this machine may be asked over plain http, as docker's `insecure-registries` are. */
  allowsPlainHttp(registry: string): boolean {
    return this.#plainHttp.has(registry);
  }

  async setPlainHttp(registry: string, isAllowed: boolean): Promise<void> {
    if (isAllowed) this.#plainHttp.add(registry);
    else this.#plainHttp.delete(registry);
    await this.#store.set(PLAIN_HTTP, [...this.#plainHttp]);
  }

  /** Asks about a token server on another site once, and remembers a yes. */
  realms(ask: RealmCheck['confirm']): RealmCheck {
    return {
      confirm: async (question) => {
        const known = nameOf(question);
        if (this.#realms.has(known)) return true;
        if (!(await ask(question))) return false;
        this.#realms.add(known);
        await this.#store.set(REALMS, [...this.#realms]);
        return true;
      },
    };
  }
}

function nameOf({ registry, realm }: RealmQuestion): string {
  return `${registry} ${realm}`;
}

function isRoute(value: unknown): value is readonly [string, Route] {
  const [origin, route] = listOf(value);
  return typeof origin === 'string' && (route === 'direct' || route === 'proxy');
}

function strings(value: unknown): readonly string[] {
  return listOf(value).filter((each) => typeof each === 'string');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? Array.from<unknown>(value) : [];
}
