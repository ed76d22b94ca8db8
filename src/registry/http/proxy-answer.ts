import { readText } from './reply-body';
import type { RouteFailure } from './unreachable';

/** Bytes of the proxy's own sentence that are read. */
const REFUSAL_BYTES = 1000;

/** Whether our own proxy had a hand in an answer; others do not say so. */
export function saysProxy({ headers }: Response): boolean {
  return headers.has('x-drydock-proxy');
}

/** Why what came by the proxy, under `url`, is not the host's own answer; undefined where it is. Its body is then still to be read. */
export async function proxyFailure(
  response: Response,
  place: { readonly url: string; readonly page: string },
): Promise<RouteFailure | undefined> {
  const { status } = response;
  if (isFileServer(response, place)) {
    await response.body?.cancel();
    return { route: 'proxy', kind: 'no-proxy', status };
  }
  if (!isRefusal(response)) return undefined;
  const body = await readText(response, REFUSAL_BYTES);
  return { route: 'proxy', kind: 'refused', status, text: reasonOf(response) ?? body.trim() };
}

/** What a server of files, which is the page's own, says of an address that it does not know. Registries answer in JSON and bytes. */
function isFileServer(
  response: Response,
  { url, page }: { readonly url: string; readonly page: string },
): boolean {
  const { headers } = response;
  if (new URL(url).origin !== new URL(page).origin || saysProxy(response)) return false;
  if (headers.has('docker-distribution-api-version')) return false;
  return /^(?:text\/|$)/i.test(headers.get('content-type') ?? '');
}

/** The proxy's own answer, and not the registry's; that it is busy is one to wait for, as with a registry. */
function isRefusal({ headers, status }: Response): boolean {
  return headers.get('x-drydock-proxy') === 'refused' && status !== 503;
}

/** Our own proxy's sentence, which an answer to HEAD has in no body. */
function reasonOf({ headers }: Response): string | undefined {
  try {
    const reason = headers.get('x-drydock-proxy-reason')?.slice(0, REFUSAL_BYTES);
    return reason && decodeURIComponent(reason);
  } catch {
    return undefined;
  }
}
