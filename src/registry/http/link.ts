/**
 * The path of the next page that a `Link` header names, undefined where there is none. Taken as it is, with whatever parameters the
 * registry put into it; `path` is that of the page it came with. https://www.rfc-editor.org/rfc/rfc8288
 */
export function nextPage(header: string | null, path: string): string | undefined {
  for (const [, target = '', parameters = ''] of (header ?? '').matchAll(LINK)) {
    if (!/;\s*rel\s*=\s*"?next"?\s*(?:;|$)/i.test(parameters)) continue;
    if (!URL.canParse(target, ORIGIN + path)) return undefined;
    const { pathname, search } = new URL(target, ORIGIN + path);
    const next = pathname + search;
    // A page that is its own next would be asked for without end.
    return next === path ? undefined : next;
  }
  return undefined;
}

const LINK = /<([^<>]*)>((?:\s*;\s*[^;,"]+(?:"[^"]*")?)*)/g;
/** Stands for the registry, whatever host its links name: they are often those of a server behind another. */
const ORIGIN = 'https://registry';
