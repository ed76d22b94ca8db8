import { listOf } from './options';
import { createProxy } from './proxy';

interface EdgeSettings {
  readonly DRYDOCK_PROXY_ALLOW?: string;
  readonly DRYDOCK_PROXY_ORIGINS?: string;
}

let proxy: ReturnType<typeof createProxy> | undefined;

/**
 * The entry for an edge runtime (workerd). That no private address is reached is the runtime's network policy (`allow = ["public"]`):
 * there is no way to look at an address here.
 */
export default {
  fetch(request: Request, settings: EdgeSettings): Response | Promise<Response> {
    proxy ??= createProxy({
      fetch: ({ url, method, headers, body, signal }) =>
        fetch(url, { method, headers, body, signal, redirect: 'manual' }),
      allow: listOf(settings.DRYDOCK_PROXY_ALLOW),
      origins: listOf(settings.DRYDOCK_PROXY_ORIGINS),
      // The runtime routes by host name: whatever name a request arrives under is its own.
      host: new URL(request.url).hostname,
    });
    return proxy.fetch(request);
  },
};
