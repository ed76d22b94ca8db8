// Values as Go's fmt prints them, which is how builders record some arguments of a Dockerfile.

/** Characters past which a health check is left as it was recorded: the search for its end is quadratic. */
const MAX_HEALTHCHECK = 8192;

/** `["sh" "-c" "x"]` or `["sh", "-c", "x"]`; undefined for anything else. */
export function goStrings(text: string): readonly string[] | undefined {
  if (!/^\[.*\]$/s.test(text)) return undefined;
  const values: string[] = [];
  const item = /\s*,?\s*("(?:[^"\\]|\\.)*")/gy;
  const body = text.slice(1, -1);
  let end = 0;
  for (let match = item.exec(body); match; match = item.exec(body)) {
    const value = unquote(match[1] ?? '');
    if (value === undefined) return undefined;
    values.push(value);
    end = item.lastIndex;
  }
  return body.slice(end).trim() === '' ? values : undefined;
}

/** `[/data /logs]`: a slice of strings without quotes, whose items hence cannot hold spaces. */
export function goSlice(text: string): readonly string[] | undefined {
  if (!/^\[[^"]*\]$/.test(text)) return undefined;
  return text.slice(1, -1).split(/\s+/).filter(Boolean);
}

/** The keys of `map[80/tcp:{} 443/tcp:{}]`. */
export function goMapKeys(text: string): readonly string[] | undefined {
  const body = /^map\[(.*)\]$/.exec(text)?.[1];
  return body
    ?.split(/\s+/)
    .filter(Boolean)
    .map((item) => item.replace(/:\{\}$/, ''));
}

/**
 * A health check as Go prints its struct: `&{["CMD-SHELL" "curl -f localhost"] "30s" "3s" "0s" "0s" '\x03'}`, as a Dockerfile
 * writes it. The fields: test, interval, timeout, start period, (since engine 25) start interval, retries.
 */
export function goHealthcheck(text: string): string | undefined {
  if (text.length > MAX_HEALTHCHECK) return undefined;
  const [, test = '', durations = '', retries = ''] =
    /^&?\{(\[[\s\S]*\])((?: "[^"]*")+) '(\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\?.)'\}$/.exec(text) ?? [];
  const [kind, ...words] = goStrings(test) ?? [];
  if (kind === undefined) return undefined;
  if (kind === 'NONE') return 'NONE';
  const [interval, timeout, startPeriod, startInterval] = durations.match(/[^" ]+/g) ?? [];
  const flags = [
    flag('interval', interval),
    flag('timeout', timeout),
    flag('start-period', startPeriod),
    flag('start-interval', startInterval),
    flag('retries', runeValue(retries)),
  ].join('');
  const command =
    kind === 'CMD-SHELL'
      ? words.join(' ')
      : `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
  return `${flags}CMD ${command}`;
}

function flag(name: string, value: string | undefined): string {
  return value === undefined || value === '0s' || value === '0' ? '' : `--${name}=${value} `;
}

/** A small number that Go printed as a quoted character: `\x03`, `\n`, `A`. */
function runeValue(text: string): string {
  const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
  if (/^\\[xu]/.test(text)) return String(Number.parseInt(text.slice(2), 16));
  if (text.startsWith('\\')) return String(escapes[text.slice(1)] ?? text.charCodeAt(1));
  return String(text.charCodeAt(0));
}

function unquote(quoted: string): string | undefined {
  // Go's escapes that JSON has not.
  const json = quoted
    .replace(/\\x([0-9a-f]{2})/gi, '\\u00$1')
    .replace(/\\a/g, '\\u0007')
    .replace(/\\v/g, '\\u000b')
    .replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
