import { Hono } from 'hono';
import { AllowList } from './allow-list';
import { CallerCheck } from './caller';
import { guardedBody, within } from './guarded-body';
import { addPageSafety, pageHeaders, preflightHeaders, upstreamHeaders } from './headers';
import { DEFAULT_LIMITS, type ProxyLimits, type ProxyOptions, type UpstreamFetch } from './options';
import { Refusal } from './refusal';
import { PREFIX, targetOf } from './target';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The CORS proxy, as one portable `fetch` handler: it lets a page speak to registries that send no CORS headers. It keeps nothing,
 * reaches listed hosts only, follows redirects itself and checks each, and never hands credentials to another host.
 */
export function createProxy(options: ProxyOptions): Hono {
  const relay = new Relay(options);
  const app = new Hono();
  app.all(`${PREFIX}*`, (context) => relay.answer(context.req.raw));
  return app;
}

class Relay {
  readonly #fetch: UpstreamFetch;
  readonly #allowList: AllowList;
  readonly #callers: CallerCheck;
  readonly #limits: ProxyLimits;
  #underWay = 0;

  constructor({ fetch, allow, origins, host, limits }: ProxyOptions) {
    this.#fetch = fetch;
    this.#allowList = new AllowList(allow);
    this.#callers = new CallerCheck(origins, host);
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  async answer(request: Request): Promise<Response> {
    try {
      this.#callers.check(request.headers);
    } catch (error) {
      return refusalResponse(error);
    }
    const response = await this.#forward(request).catch(refusalResponse);
    addPageSafety(response.headers, request.headers.get('origin'));
    return response;
  }

  async #forward(request: Request): Promise<Response> {
    if (request.method === 'OPTIONS') {
      return new Response(null, { status: 204, headers: preflightHeaders() });
    }
    if (!METHODS.has(request.method)) throw new Refusal(405, 'The proxy has no such method.');
    const target = targetOf(request.url);
    if (this.#underWay >= this.#limits.requests) {
      throw new Refusal(503, 'The proxy is busy. Try again in a moment.');
    }
    this.#underWay++;
    const end = once(() => {
      this.#underWay--;
    });
    try {
      return this.#relay(await this.#follow(target, request), end);
    } catch (error) {
      end();
      throw error;
    }
  }

  /** The answer of the last hop. Credentials go to the first host alone. */
  async #follow(target: URL, request: Request): Promise<Response> {
    const headers = upstreamHeaders(request.headers);
    let url = target;
    for (let hop = 0; hop <= this.#limits.redirects; hop++) {
      const response = await this.#send(url, hop === 0 ? 'request' : 'redirect', request, headers);
      const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
      if (location === null || !URL.canParse(location, url)) return response;
      await response.body?.cancel();
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new Refusal(
          502,
          'The registry redirected an upload, which the proxy does not follow.',
        );
      }
      const next = new URL(location, url);
      if (next.origin !== url.origin) headers.delete('authorization');
      url = next;
    }
    throw new Refusal(502, `The registry redirected more than ${this.#limits.redirects} times.`);
  }

  async #send(
    url: URL,
    step: 'request' | 'redirect',
    request: Request,
    headers: Headers,
  ): Promise<Response> {
    const { allowed, listed } = this.#allowList.check(url, step);
    if (!allowed) throw new Refusal(403, notAllowed(url, step));
    const { bodyBytes, idleMs } = this.#limits;
    const body =
      request.body &&
      guardedBody(request.body, { maxBytes: bodyBytes, idleMs: Infinity, onEnd: () => undefined });
    const sent = this.#fetch({
      url,
      method: request.method,
      headers,
      body,
      signal: request.signal,
      listed,
    });
    try {
      // An upload takes as long as it takes; only an answer is waited for within bounds.
      return await (body ? sent : within(idleMs, sent));
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(502, `The proxy cannot reach ${url.host}.`);
    }
  }

  #relay(response: Response, end: () => void): Response {
    const { bodyBytes, idleMs } = this.#limits;
    const body =
      response.body && guardedBody(response.body, { maxBytes: bodyBytes, idleMs, onEnd: end });
    if (!body) end();
    return new Response(body, { status: response.status, headers: pageHeaders(response.headers) });
  }
}

function notAllowed(url: URL, step: 'request' | 'redirect'): string {
  return step === 'request'
    ? `The proxy does not reach ${url.host}. DRYDOCK_PROXY_ALLOW lists what it may reach beside the well-known registries.`
    : `The registry redirected to ${url.host}, which the proxy does not reach. DRYDOCK_PROXY_ALLOW can list it.`;
}

function refusalResponse(error: unknown): Response {
  const refusal = error instanceof Refusal ? error : new Refusal(502, 'The proxy failed.');
  const headers = new Headers({ 'content-type': 'text/plain; charset=utf-8' });
  headers.set('x-drydock-proxy', 'refused');
  if (refusal.status === 503) headers.set('retry-after', '1');
  return new Response(`${refusal.message}\n`, { status: refusal.status, headers });
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
