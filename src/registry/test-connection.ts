import type { AbortOptions } from '../base/task';
import type { Registries } from './registries';
import type { Route } from './http/transport';

/** How a registry answers. */
export interface ReachedRegistry {
  /** `https://registry-1.docker.io` */
  readonly origin: string;
  readonly route: Route;
  /** Whether it wants to know who asks: by a login, or by a token that anybody may get. */
  readonly asksWho: boolean;
}

/** Finds out anew where a registry is and by which way it answers. No login is sent. Rejects as `RegistryConnection.test` does. */
export async function testConnection(
  registries: Registries,
  registry: string,
  options: AbortOptions = {},
): Promise<ReachedRegistry> {
  const { endpoint, routes } = await registries.reopen(registry).connection.test(options);
  const { origin, challenges } = endpoint;
  return {
    origin,
    route: new Map(routes).get(origin) ?? 'direct',
    asksWho: challenges.length > 0,
  };
}
