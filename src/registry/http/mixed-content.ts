import type { ErrorDetail } from '../../base/errors';
import { RegistryError } from '../errors';
import { isLoopback } from './registry-address';

/**
 * Whether the browser keeps a page from a URL as mixed content: one that came over https is not let out over plain http, except to the
 * machine that it runs on. https://www.w3.org/TR/mixed-content/
 */
export function isMixedContent(url: string, page: string): boolean {
  const { protocol, host } = new URL(url);
  return protocol === 'http:' && new URL(page).protocol === 'https:' && !isLoopback(host);
}

/** What to say of a proxy that is kept from the page so; `template` is the proxy's. */
export function insecureProxy(template: string, detail: ErrorDetail = {}): RegistryError {
  const shown = template.slice(0, 200);
  return new RegistryError(
    'insecure-proxy',
    `This page came over https, so the browser lets it ask no proxy over plain http ("${shown}"), unless it is on this machine. Give it https, or take another.`,
    { detail: { ...detail, proxy: shown } },
  );
}
