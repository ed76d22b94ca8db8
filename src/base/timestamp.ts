/** A moment as RFC 3339 text says it: with the nanoseconds and the zone that a JavaScript date cannot hold. */
export interface Timestamp {
  /** Whole seconds since the epoch, rounded down. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
  /** East of Greenwich. */
  readonly offsetMinutes: number;
}

/** Go's zero time, `0001-01-01T00:00:00Z`: what docker's engine takes for a time that is not there. */
export const ZERO_TIME: Timestamp = {
  seconds: -62_135_596_800,
  nanoseconds: 0,
  offsetMinutes: 0,
};

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Reads RFC 3339 text as Go does, digits past the nanosecond dropped; undefined where it is none or no such day exists. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const said = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  if (isoSeconds(date) !== said) return undefined;
  const [zoneHours, zoneMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (zoneHours > 23 || zoneMinutes > 59) return undefined;
  const offsetMinutes = (match[8] === '-' ? -1 : 1) * (zoneHours * 60 + zoneMinutes);
  return {
    seconds: date.getTime() / 1000 - offsetMinutes * 60,
    nanoseconds: Number((match[7] ?? '').slice(0, 9).padEnd(9, '0')),
    offsetMinutes: offsetMinutes === 0 ? 0 : offsetMinutes,
  };
}

/** RFC 3339 with as many digits of the second as there are, in its own zone. */
export function formatTimestamp({ seconds, nanoseconds, offsetMinutes }: Timestamp): string {
  const fraction =
    nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`;
  const local = isoSeconds(new Date((seconds + offsetMinutes * 60) * 1000));
  return local + fraction + formatZone(offsetMinutes);
}

/** The timestamp of a clock's milliseconds, in UTC. */
export function timestampOfMilliseconds(milliseconds: number): Timestamp {
  const seconds = Math.floor(milliseconds / 1000);
  return {
    seconds,
    nanoseconds: Math.round((milliseconds - seconds * 1000) * 1e6),
    offsetMinutes: 0,
  };
}

/** Negative, zero or positive, as the first moment is before, at or after the second. */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}

function formatZone(offsetMinutes: number): string {
  if (offsetMinutes === 0) return 'Z';
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}

/** `2006-01-02T15:04:05`; years are those of RFC 3339, 0 to 9999. */
function isoSeconds(date: Date): string {
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return text.slice(0, -'.000Z'.length);
}
