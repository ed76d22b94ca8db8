import { Hono } from 'hono';
import { AllowList } from './allow-list';
import { CallerCheck } from './caller';
import {
  addPageSafety,
  METHODS,
  pageHeaders,
  preflightHeaders,
  PROXY_HEADER,
  REASON_HEADER,
} from './headers';
import { upstreamHeaders } from './headers';
import { DEFAULT_LIMITS, type ProxyLimits, type ProxyOptions } from './options';
import type { UpstreamAnswer, UpstreamFetch } from './options';
import { Refusal, refusalIn } from './refusal';
import { PREFIX, targetOf } from './target';
import { Transfer } from './transfer';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Redirects that keep the method. https://www.rfc-editor.org/rfc/rfc9110#name-307-temporary-redirect */
const SAME_METHOD = new Set([307, 308]);
/** Answers that have no body, whatever came with them. https://fetch.spec.whatwg.org/#null-body-status */
const NO_BODY = new Set([204, 205, 304]);

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

/** What every hop of one request has in common. */
interface Asked {
  readonly method: string;
  /** Loses its Authorization at the first hop to another host. */
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly transfer: Transfer;
}

class Relay {
  readonly #fetch: UpstreamFetch;
  readonly #allowList: AllowList;
  readonly #callers: CallerCheck;
  readonly #limits: ProxyLimits;
  #underWay = 0;

  constructor({ fetch, allow, origins, hosts = [], limits }: ProxyOptions) {
    this.#fetch = fetch;
    this.#allowList = new AllowList(allow);
    this.#callers = new CallerCheck(origins, hosts);
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
    const { method } = request;
    if (method === 'OPTIONS') {
      return new Response(null, { status: 204, headers: preflightHeaders(request.headers) });
    }
    if (!METHODS.includes(method)) throw new Refusal(405, 'The proxy has no such method.');
    const target = targetOf(request.url);
    const body = bodyOf(request, this.#limits.bodyBytes);
    if (this.#underWay >= this.#limits.requests) {
      throw new Refusal(503, 'The proxy is busy. Try again in a moment.');
    }
    this.#underWay++;
    const uploads = method !== 'GET' && method !== 'HEAD';
    const transfer = new Transfer({ signal: request.signal, uploads }, this.#limits, () => {
      this.#underWay--;
    });
    try {
      const headers = upstreamHeaders(request.headers, body !== null);
      const asked = { method, headers, body: body && transfer.upload(body), transfer };
      return await this.#relay(await this.#follow(target, asked), transfer);
    } catch (error) {
      transfer.end(error);
      throw error;
    }
  }

  /** The answer of the last hop. Credentials go to the first host alone. */
  async #follow(target: URL, asked: Asked): Promise<UpstreamAnswer> {
    let url = target;
    for (let hop = 0; hop <= this.#limits.redirects; hop++) {
      const answer = await this.#send(url, hop === 0 ? 'request' : 'redirect', asked);
      const location = REDIRECTS.has(answer.status) ? answer.headers.get('location') : null;
      if (location === null) return answer;
      // What a redirect says beside its Location is for people.
      await answer.body?.cancel();
      const next = nextHop(location, url);
      if (!isRepeatable(asked, answer.status)) {
        throw new Refusal(
          502,
          `The registry redirected an upload to ${next.host}, which the proxy does not follow.`,
        );
      }
      if (next.origin !== url.origin) asked.headers.delete('authorization');
      url = next;
    }
    throw new Refusal(502, `The registry redirected more than ${this.#limits.redirects} times.`);
  }

  async #send(
    url: URL,
    step: 'request' | 'redirect',
    { method, headers, body, transfer }: Asked,
  ): Promise<UpstreamAnswer> {
    const { allowed, listed } = this.#allowList.check(url, step);
    if (!allowed) throw new Refusal(403, notAllowed(url, step));
    const { signal } = transfer;
    try {
      return await transfer.answer(this.#fetch({ url, method, headers, body, signal, listed }));
    } catch (error) {
      throw refusalIn(error) ?? new Refusal(502, `The proxy cannot reach ${url.host}.`);
    }
  }

  async #relay({ status, headers, body }: UpstreamAnswer, transfer: Transfer): Promise<Response> {
    const length = Number(headers.get('content-length') ?? 0);
    if (body && length > this.#limits.bodyBytes) {
      throw new Refusal(502, `The answer is larger than ${this.#limits.bodyBytes} bytes.`);
    }
    // A browser would follow a redirect, and takes no status beyond these.
    if (REDIRECTS.has(status) || status < 200 || status > 599) {
      throw new Refusal(502, `The registry answered with the status ${status} and no more.`);
    }
    const bare = NO_BODY.has(status);
    if (bare) await body?.cancel();
    const passed = transfer.download(bare ? null : body);
    return new Response(passed, { status, headers: pageHeaders(headers) });
  }
}

/** The body that a request brings; null where it brings none. Throws a Refusal for one that says it is too large. */
function bodyOf({ method, headers, body }: Request, maxBytes: number): Request['body'] {
  const length = headers.get('content-length');
  if (Number(length ?? 0) > maxBytes) {
    throw new Refusal(413, `The body is larger than ${maxBytes} bytes.`);
  }
  return length === '0' || (length === null && method === 'DELETE') ? null : body;
}

function nextHop(location: string, from: URL): URL {
  if (!URL.canParse(location, from)) {
    throw new Refusal(502, 'The registry redirected to what is no URL.');
  }
  const next = new URL(location, from);
  if (next.username !== '' || next.password !== '') {
    throw new Refusal(502, `The registry redirected to ${next.host} with credentials in the URL.`);
  }
  next.hash = '';
  return next;
}

/** A body is a stream, which is gone once it was sent; and POST must not become GET. */
function isRepeatable({ method, body }: Asked, status: number): boolean {
  return method === 'GET' || method === 'HEAD' || (body === null && SAME_METHOD.has(status));
}

function notAllowed(url: URL, step: 'request' | 'redirect'): string {
  return step === 'request'
    ? `The proxy does not reach ${url.host}. DRYDOCK_PROXY_ALLOW lists what it may reach beside the well-known registries.`
    : `The registry redirected to ${url.host}, which the proxy does not reach. DRYDOCK_PROXY_ALLOW can list it.`;
}

function refusalResponse(error: unknown): Response {
  const refusal = refusalIn(error) ?? new Refusal(502, 'The proxy failed.');
  const headers = new Headers({ 'content-type': 'text/plain; charset=utf-8' });
  headers.set(PROXY_HEADER, 'refused');
  // An answer to HEAD has no body to say it in.
  headers.set(REASON_HEADER, encodeURIComponent(refusal.message));
  if (refusal.status === 503) headers.set('retry-after', '1');
  if (refusal.status === 405) headers.set('allow', METHODS.join(', '));
  return new Response(`${refusal.message}\n`, { status: refusal.status, headers });
}
