import { RegistryError } from '../errors';

/** Bytes that are looked at; what a page has before its first tag is white space. */
const HEAD_BYTES = 200;
/** Network Authentication Required: https://www.rfc-editor.org/rfc/rfc6585#section-6 */
const PORTAL_STATUS = 511;

/** Whether a reply calls itself a web page, or a portal's. A registry's refusals may be pages, too: their status tells more. */
export function isWebPage({ ok, status, headers }: Response): boolean {
  return status === PORTAL_STATUS || (ok && hasPageType(headers));
}

function hasPageType(headers: Headers): boolean {
  return /^\s*(?:text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? '');
}

/** Whether bytes begin as a web page does, whatever they are called. */
export function beginsAsWebPage(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES));
  return /^\s*<(?:!doctype\s+html|html)[\s>]/i.test(start);
}

/** The error for a page in the place of `what`: `the manifest`. */
export function webPage(host: string, what: string): RegistryError {
  return new RegistryError(
    'web-page',
    `${host} sent a web page instead of ${what}: a login page, a portal or a wrong proxy may stand in between. Sign in to the network or check the proxy, then try again.`,
    { detail: { host, what } },
  );
}
