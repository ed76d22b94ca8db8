import { engineError } from '../../errors';
import { GoTimeError, parseGoTime } from './go-time';

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
  try {
    return parseGoTime(layoutOf(text), text);
  } catch (error) {
    if (!(error instanceof GoTimeError)) throw error;
    // What has a dash was meant as a time, and is told what is wrong with it.
    if (text.includes('-')) throw engineError(error.message);
    return parseSeconds(text);
  }
}

/** How much of RFC 3339 a time gives. */
function layoutOf(text: string): string {
  const isZoned = /[zZ+]/.test(text) || text.split('-').length === 4;
  const zone = isZoned ? 'Z07:00' : '';
  if (text.includes('.')) return `2006-01-02T15:04:05${zone}`;
  if (!text.includes('T')) return `2006-01-02${zone}`;
  // A numeric zone has a colon of its own.
  const colons = text.split(':').length - 1 - (isZoned && !/[zZ]/.test(text) ? 1 : 0);
  const time = colons <= 0 ? '15' : colons === 1 ? '15:04' : '15:04:05';
  return `2006-01-02T${time}${zone}`;
}

/** Seconds, and after a point nanoseconds, each a whole number of 64 bits. */
function parseSeconds(text: string): number {
  const [, seconds = '', fraction] = /^([-+]?\d+)(?:\.([-+]?\d+))?$/.exec(text) ?? [];
  const isTooLong = [seconds, fraction ?? ''].some((part) => Math.abs(Number(part)) >= 2 ** 63);
  if (seconds === '' || isTooLong) {
    throw engineError(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
  }
  return Number(seconds) * 1000 + Number(`0.${fraction ?? 0}`) * 1000;
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
