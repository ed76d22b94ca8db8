import type { Route, RouteMemory } from './transport';

/** Routes that are known for as long as the page is open. */
export function sessionRoutes(known: Iterable<readonly [string, Route]> = []): RouteMemory {
  const routes = new Map(known);
  return {
    get: (origin) => routes.get(origin),
    set: (origin, route) => void routes.set(origin, route),
    entries: () => [...routes],
  };
}
