/** How much a registry still lets be asked for. */
export interface RateLimit {
  /** Requests in a window; null where the registry does not say. */
  readonly limit: number | null;
  /** What is left of them. */
  readonly remaining: number | null;
  readonly windowSeconds: number | null;
  /** Seconds until it is worth to try again. */
  readonly retryAfter: number | null;
}

/** `ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 76;w=21600`, as Docker Hub says it, and `Retry-After`. */
export function rateLimitOf(headers: Headers): RateLimit {
  const [, limit, window] = MEMBER.exec(headers.get('ratelimit-limit') ?? '') ?? [];
  return {
    limit: numberOf(limit),
    remaining: numberOf(MEMBER.exec(headers.get('ratelimit-remaining') ?? '')?.[1]),
    windowSeconds: numberOf(window),
    retryAfter:
      retryAfterSeconds(headers) ??
      numberOf(MEMBER.exec(headers.get('ratelimit-reset') ?? '')?.[1]),
  };
}

const MEMBER = /^\s*(\d{1,9})(?:\s*;\s*w=(\d{1,9}))?/;

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

/** Seconds of a `Retry-After`, whose date counts from the reply's own. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfterSeconds(
  headers: Headers,
  now: () => number = Date.now,
): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text);
  const date = Date.parse(text);
  if (Number.isNaN(date)) return undefined;
  const sent = Date.parse(headers.get('date') ?? '');
  return Math.max(0, Math.ceil((date - (Number.isNaN(sent) ? now() : sent)) / 1000));
}
