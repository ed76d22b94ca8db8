import { RegistryError } from '../errors';

/** Where the proxy is on the page's own origin, unless Settings says otherwise. */
export const DEFAULT_PROXY = '/proxy/{url}';

/**
 * The URL under which the proxy is asked for a target. In the template `{url}` stands for the target as it is, `{encodedUrl}` for it
 * percent-encoded; a template with neither is a prefix. A relative one is of the page, whose URL is `base`. Throws `bad-proxy-template`.
 */
export function proxiedUrl(template: string, target: string, base: string): string {
  const isPrefix = !/\{(?:url|encodedUrl)\}/.test(template);
  // Functions, as a target may hold what `replaceAll` takes for a pattern.
  const text = (isPrefix ? `${template}{url}` : template)
    .replaceAll('{url}', () => target)
    .replaceAll('{encodedUrl}', () => encodeURIComponent(target));
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new RegistryError(
      'bad-proxy-template',
      `"${template.slice(0, 200)}" makes no URL of a proxy; it should be like https://proxy.example/{url}.`,
      { detail: { template: template.slice(0, 200) } },
    );
  }
  return url.href;
}
