import { parseRoute, routeHash, type Route } from './route';

/** The address bar, as the router needs it. */
export interface AddressBar {
  hash(): string;
  /** A new entry in the history, or the present one changed. */
  go(hash: string, options: { readonly replace: boolean }): void;
  onChange(listener: () => void): void;
}

/** Where the tab is. Lives as long as the page. */
export class Router {
  #route = $state.raw<Route>({ page: 'images' });
  readonly #bar: AddressBar;

  constructor(bar: AddressBar) {
    this.#bar = bar;
    this.#route = parseRoute(bar.hash());
    bar.onChange(() => {
      this.#route = parseRoute(bar.hash());
    });
  }

  get route(): Route {
    return this.#route;
  }

  /** Goes to a route or a hash. */
  go(to: Route | string): void {
    const hash = typeof to === 'string' ? to : routeHash(to);
    this.#bar.go(hash, { replace: false });
    this.#route = parseRoute(hash);
  }

  /** Changes what a tab keeps in its URL, without a step in the history. Undefined takes a value out. */
  setQuery(changes: Readonly<Record<string, string | undefined>>): void {
    if (this.#route.page !== 'image' && this.#route.page !== 'remote') return;
    const query = new Map(this.#route.query);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) query.delete(name);
      else query.set(name, value);
    }
    this.#route = { ...this.#route, query };
    this.#bar.go(routeHash(this.#route), { replace: true });
  }
}
