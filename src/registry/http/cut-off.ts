import type { Fetch } from './transport';
import { isLoopback } from './registry-address';

export interface CutOffParts {
  readonly fetch: Fetch;
  readonly isOnline: () => boolean;
  /** Of the page. */
  readonly pageUrl: string;
}

/**
 * Whether it is for want of a network that a host was not reached. This machine itself needs none: what it does not answer is not there, unless the
 * browser lets nothing out at all, not even to the page's own server.
 */
export async function isCutOff(
  host: string,
  { fetch, isOnline, pageUrl }: CutOffParts,
): Promise<boolean> {
  if (isOnline()) return false;
  if (!isLoopback(host)) return true;
  return isLoopback(new URL(pageUrl).host) && !(await answers(pageUrl, fetch));
}

/** Asks in a way that no service worker answers. */
async function answers(url: string, fetch: Fetch): Promise<boolean> {
  try {
    const response = await fetch(url, { method: 'HEAD', cache: 'no-store', credentials: 'omit' });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
