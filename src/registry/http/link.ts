/** Where a list goes on. */
export interface NextPage {
  /** To be asked of the registry itself, whatever host the link names: that is often the one of a server behind another. */
  readonly path: string;
  /** The host that the link names; undefined where it names none. */
  readonly host: string | undefined;
}

/**
 * The next page that a `Link` header names, undefined where there is none. Taken as it is, with whatever parameters the registry put into it;
 * `path` is that of the page it came with. https://www.rfc-editor.org/rfc/rfc8288
 */
export function nextPage(header: string | null, path: string): NextPage | undefined {
  for (const [, target = '', parameters = ''] of (header ?? '').matchAll(LINK)) {
    if (!/;\s*rel\s*=\s*"?next"?\s*(?:;|$)/i.test(parameters)) continue;
    if (!URL.canParse(target, ORIGIN + path)) return undefined;
    const { pathname, search, host, origin } = new URL(target, ORIGIN + path);
    return { path: pathname + search, host: origin === ORIGIN ? undefined : host };
  }
  return undefined;
}

const LINK = /<([^<>]*)>((?:\s*;\s*[^;,"]+(?:"[^"]*")?)*)/g;
/** Stands for the registry, whose own host a link need not name. */
const ORIGIN = 'https://registry';
