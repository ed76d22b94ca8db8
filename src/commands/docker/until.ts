import { engineError } from '../errors';

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * A moment as docker's filters say it, in milliseconds since the epoch: seconds, a time (RFC 3339, or its beginning), or how long ago
 * (`24h`, `1h30m`). https://github.com/moby/moby/blob/v20.10.24/api/types/time/timestamp.go
 */
export function parseUntil(text: string, now: number): number {
  const duration = text === '0' ? undefined : parseDuration(text);
  if (duration !== undefined) return now - duration;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?)?(Z|[-+]\d{2}:\d{2})?$/.exec(
      text,
    );
  if (match) {
    const [, day = '', hour = '00', minute = '00', second = '00', zone = 'Z'] = match;
    const time = Date.parse(`${day}T${hour}:${minute}:${second}${zone}`);
    if (!Number.isNaN(time)) return time;
  }
  throw engineError(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
}

/** Go's time.ParseDuration, in milliseconds. */
function parseDuration(text: string): number | undefined {
  const [, sign, body = ''] = /^([-+]?)(.*)$/su.exec(text) ?? [];
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let sum = 0;
  for (const [, number = '', unit = ''] of body.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    sum += Number(number) * (UNITS[unit] ?? 0);
  }
  return sign === '-' ? -sum : sum;
}
