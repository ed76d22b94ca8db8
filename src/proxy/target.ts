import { Refusal } from './refusal';

export const PREFIX = '/proxy/';

/**
 * The URL that a request of the proxy asks for: all that follows `/proxy/`, as it is or percent-encoded. Servers in front of this one may
 * have folded its `//` into `/`. Throws a Refusal.
 */
export function targetOf(requestUrl: string): URL {
  const { pathname, search } = new URL(requestUrl);
  const rest = pathname.slice(PREFIX.length);
  const text = /^https?%3a/i.test(rest) ? decode(rest) : rest + search;
  const url = text.replace(/^(https?):\/+/i, '$1://');
  if (!/^https?:\/\/[^/]/i.test(url) || !URL.canParse(url)) {
    throw new Refusal(
      400,
      'The proxy takes /proxy/https://registry.example/v2/… and nothing else.',
    );
  }
  const target = new URL(url);
  if (target.username !== '' || target.password !== '') {
    throw new Refusal(400, 'The proxy takes no credentials in a URL.');
  }
  target.hash = '';
  return target;
}

function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw new Refusal(400, 'The URL after /proxy/ is not percent-encoded correctly.');
  }
  // A URL parser drops line ends and blanks at the edges, so that what is asked for would not be what was written.
  if (/[\p{Cc} ]/u.test(decoded)) {
    throw new Refusal(400, 'The URL after /proxy/ has blanks or control characters in it.');
  }
  return decoded;
}
