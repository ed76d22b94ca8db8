import { isAbort } from '../../base/errors';
import type { AbortOptions } from '../../base/task';
import type { RegistryAccess } from '../access';
import { RegistryError } from '../errors';
import { isCutOff } from './cut-off';
import { fetchWithin, IDLE_MS, type IdleLimits } from './idle-limit';
import { isMixedContent } from './mixed-content';
import { proxyFailure } from './proxy-answer';
import { proxiedUrl } from './proxy-template';
import { unreachable, type RouteFailure } from './unreachable';

/** The browser's `fetch`, handed in. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How a host is reached: as any page would, which needs its CORS headers, or through the proxy. */
export type Route = 'direct' | 'proxy';

/** Which route led to an origin (`https://ghcr.io`) the last time. */
export interface RouteMemory {
  get(origin: string): Route | undefined;
  set(origin: string, route: Route): void;
  entries(): readonly (readonly [string, Route])[];
}

export interface HttpRequest extends AbortOptions {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | string;
}

/** What a transport needs to know of the page that it works for. */
export interface PageSituation {
  /** What a relative proxy template is relative to. */
  readonly url: string;
  readonly isOnline: () => boolean;
}

export interface TransportParts {
  readonly fetch: Fetch;
  /** The proxy's URL template as it is set now; undefined where there is to be none. */
  readonly proxy: () => string | undefined;
  readonly page: PageSituation;
  readonly routes: RouteMemory;
  /** Milliseconds that a server may let nothing come: 60 s. */
  readonly idleMs?: number;
}

/** A response and the way it came. */
export interface Answer {
  readonly response: Response;
  readonly route: Route;
}

/** How much longer than for another answer an upload's is waited for, as the proxy does it. */
const UPLOAD_PATIENCE = 10;
/** Bytes a millisecond that an upload must make, as its progress cannot be seen. */
const SLOWEST_UPLOAD = 16;

/**
 * Carries requests to registries and token servers: directly where the host lets pages in, else through the proxy. The route that led to
 * an origin is remembered, and tried first the next time.
 */
export class Transport {
  readonly #parts: TransportParts;

  constructor(parts: TransportParts) {
    this.#parts = parts;
  }

  /**
   * Any answer of the host's, whatever its status; its body ends in `no-answer` where it stands still. Rejects with `offline`, `no-answer`,
   * `registry-unreachable`, `mixed-content`, `insecure-proxy`, `proxy-missing`, `not-a-proxy` or `proxy-refused`.
   */
  async send(request: HttpRequest): Promise<Answer> {
    const { origin } = new URL(request.url);
    const failures: RouteFailure[] = [];
    if (!isSafe(request)) await this.#findRoute(request);
    for (const route of this.#routesFor(origin, request)) {
      const result = await this.#try(route, request);
      if (result instanceof Response) {
        this.#parts.routes.set(origin, route);
        return { response: result, route };
      }
      failures.push(result);
      // The way is known to be right: another would have to be waited for as long.
      if (result.kind === 'silent' && this.#parts.routes.get(origin) === route) break;
    }
    throw await this.#unreachable(new URL(origin).host, failures);
  }

  async #unreachable(host: string, failures: readonly RouteFailure[]): Promise<RegistryError> {
    const { fetch, page, proxy } = this.#parts;
    const tried = failures.map(({ route }) => route);
    const detail = { host, proxy: proxy() ?? null, tried };
    if (await isCutOff(host, { fetch, isOnline: page.isOnline, pageUrl: page.url })) {
      const text = `The browser is offline, so ${host} cannot be reached.`;
      return new RegistryError('offline', text, { detail });
    }
    return unreachable(failures, detail);
  }

  /** What it knows, for another context. */
  describe(): Pick<RegistryAccess, 'proxy' | 'pageUrl' | 'routes'> {
    const { proxy, page, routes } = this.#parts;
    return { proxy: proxy(), pageUrl: page.url, routes: routes.entries() };
  }

  /** Whether there is another way than the direct one, for an answer that CORS keeps a page from reading in full. */
  hasProxy(): boolean {
    return this.#parts.proxy() !== undefined;
  }

  /** Takes the proxy to an origin from now on. */
  preferProxy(origin: string): void {
    this.#parts.routes.set(origin, 'proxy');
  }

  /** What changes something is sent once: by the way that something harmless has led to the same place before. */
  async #findRoute({ url, signal }: HttpRequest): Promise<void> {
    const { origin, pathname } = new URL(url);
    if (this.#parts.routes.get(origin) !== undefined) return;
    const { response } = await this.send({ method: 'GET', url: origin + pathname, signal });
    await response.body?.cancel();
  }

  #routesFor(origin: string, request: HttpRequest): readonly Route[] {
    const known = this.#parts.routes.get(origin);
    const others: readonly Route[] = known === 'proxy' ? ['proxy', 'direct'] : ['direct', 'proxy'];
    const possible = others.filter((route) => route === 'direct' || this.hasProxy());
    return isSafe(request) ? possible : possible.slice(0, 1);
  }

  async #try(route: Route, request: HttpRequest): Promise<Response | RouteFailure> {
    const { fetch, page } = this.#parts;
    const url = route === 'direct' ? request.url : this.#proxied(request.url);
    if (isMixedContent(url, page.url)) return { route, kind: 'mixed-content' };
    let response: Response;
    try {
      response = await fetchWithin(
        fetch,
        { url, init: requestInit(request) },
        this.#limits(request),
      );
    } catch (error) {
      request.signal?.throwIfAborted();
      if (isAbort(error)) throw error;
      if (error instanceof RegistryError) return { route, kind: 'silent', error };
      return { route, kind: 'network' };
    }
    if (route === 'direct') return response;
    return (await proxyFailure(response, { url, page: page.url })) ?? response;
  }

  #limits(request: HttpRequest): IdleLimits {
    const { url, body } = request;
    const { idleMs = IDLE_MS } = this.#parts;
    // Nothing comes while an upload is on its way, and while the registry hashes what it has got.
    const isUpload = !isSafe(request) && typeof body !== 'string';
    const uploading = isUpload ? UPLOAD_PATIENCE * idleMs : idleMs;
    const sending = body instanceof Blob ? body.size / SLOWEST_UPLOAD : 0;
    return { host: new URL(url).host, answerMs: uploading + sending, idleMs };
  }

  #proxied(target: string): string {
    return proxiedUrl(this.#parts.proxy() ?? '', target, this.#parts.page.url);
  }
}

/** What may be sent twice without harm. */
function isSafe({ method }: HttpRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function requestInit({ method, headers, body, signal }: HttpRequest): RequestInit {
  return {
    method,
    headers: { ...headers },
    // Blobs go into our own store, and what was authorised does not belong into a cache.
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    ...(body === undefined ? {} : { body }),
    ...(signal ? { signal } : {}),
  };
}
