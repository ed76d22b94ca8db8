import { Refusal } from './refusal';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Who may use the proxy: this server's own page, the pages that the operator listed, and programs that are no browser. */
export class CallerCheck {
  readonly #origins: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;

  /** Throws for an origin that is none. */
  constructor(origins: readonly string[], hosts: readonly string[]) {
    const pages = origins.map(pageOf);
    this.#origins = new Set(pages.map(({ origin }) => origin));
    this.#hosts = new Set([
      ...LOOPBACK,
      ...hosts.map((host) =>
        hostnameOf(host.includes(':') && !host.startsWith('[') ? `[${host}]` : host),
      ),
      ...pages.map(({ hostname }) => hostname),
    ]);
  }

  /**
   * Throws a Refusal for a request of another page, and for one whose `Host` is not this server's: that is how a page that rebinds its
   * DNS name to this address is known.
   */
  check(headers: Headers): void {
    const host = headers.get('host') ?? '';
    const hostname = hostnameOf(host);
    if (hostname === '' || !this.#hosts.has(hostname)) {
      throw new Refusal(403, 'The proxy is asked under a name that is not its own.');
    }
    const origin = headers.get('origin');
    if (origin !== null) {
      if (!this.#origins.has(origin) && !isOwn(origin, host)) {
        throw new Refusal(403, 'The proxy serves its own page only.');
      }
      return;
    }
    const site = headers.get('sec-fetch-site');
    if (site === 'cross-site' || site === 'same-site') {
      throw new Refusal(403, 'The proxy serves its own page only.');
    }
  }
}

function pageOf(entry: string): URL {
  const page = URL.canParse(entry) ? new URL(entry) : undefined;
  // `localhost:3000` is a URL too, of a scheme called localhost; and the origin of such is "null", which any sandboxed page has. A path is
  // no part of an origin: who gives one believes that it narrows who may come.
  if (!page || !isWeb(page) || page.href !== `${page.origin}/`) {
    throw new Error(`DRYDOCK_PROXY_ORIGINS: "${entry}" is no origin like https://drydock.example`);
  }
  return page;
}

/** `name`, `1.2.3.4` or `[::1]`, with a port or without: what a `Host` may say. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/** Empty for what is no host. */
function hostnameOf(host: string): string {
  if (!HOST.test(host)) return '';
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

/** Which of the web's two schemes is left open: what stands in front of this server may speak TLS. */
function isOwn(origin: string, host: string): boolean {
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  return page !== undefined && isWeb(page) && page.host === host.toLowerCase();
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}
