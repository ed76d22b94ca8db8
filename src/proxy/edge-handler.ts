import { listOf, type ProxyLimits, type UpstreamAnswer, type UpstreamRequest } from './options';
import { createProxy } from './proxy';

/** Bindings of the worker. */
interface EdgeSettings {
  readonly DRYDOCK_PROXY_ALLOW?: string;
  readonly DRYDOCK_PROXY_ORIGINS?: string;
  /** The names that it is served under, comma-separated: a request's `Host` must be one of them. */
  readonly HOST?: string;
}

/** The runtime's own: a stream with a length, without which a body is sent in chunks and loses its Content-Length. */
declare const FixedLengthStream: new (length: number) => TransformStream<Uint8Array, Uint8Array>;

interface EdgeHandler {
  fetch(request: Request, settings: EdgeSettings): Promise<Response>;
}

/** The proxy as an edge runtime calls it. Settings come with a request, and are the same with each. */
export function edgeHandler(limits: Partial<ProxyLimits> = {}): EdgeHandler {
  let proxy: ReturnType<typeof createProxy> | undefined;
  return {
    async fetch(request, settings) {
      proxy ??= createProxy({
        fetch: edgeFetch,
        allow: listOf(settings.DRYDOCK_PROXY_ALLOW),
        origins: listOf(settings.DRYDOCK_PROXY_ORIGINS),
        hosts: listOf(settings.HOST),
        limits,
      });
      const response = await proxy.fetch(request);
      return new Response(withLength(response.body, response.headers), response);
    },
  };
}

async function edgeFetch(asked: UpstreamRequest): Promise<UpstreamAnswer> {
  const { url, method, headers, signal } = asked;
  const body = withLength(asked.body, headers);
  const answer = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
  const decoded = new Headers(answer.headers);
  // The runtime decodes a body that was encoded after all, which is then longer than it says.
  if (decoded.has('content-encoding')) {
    decoded.delete('content-encoding');
    decoded.delete('content-length');
  }
  return { status: answer.status, headers: decoded, body: answer.body };
}

/** The same body, known to be as long as the headers say. */
function withLength(
  body: ReadableStream<Uint8Array> | null,
  headers: Headers,
): ReadableStream<Uint8Array> | null {
  const length = headers.get('content-length');
  return body && length !== null ? body.pipeThrough(new FixedLengthStream(Number(length))) : body;
}
