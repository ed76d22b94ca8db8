const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From which age on a unit is used, as docker does: 13 days are days, 14 days are weeks. */
const UNITS: readonly { readonly from: number; readonly size: number; readonly unit: Unit }[] = [
  { from: 730 * DAY, size: 365 * DAY, unit: 'year' },
  { from: 60 * DAY, size: 30 * DAY, unit: 'month' },
  { from: 14 * DAY, size: 7 * DAY, unit: 'week' },
  { from: 48 * HOUR, size: DAY, unit: 'day' },
  { from: HOUR, size: HOUR, unit: 'hour' },
  { from: MINUTE, size: MINUTE, unit: 'minute' },
  { from: 0, size: SECOND, unit: 'second' },
];

type Unit = 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second';

const formats = new Map<string, Intl.RelativeTimeFormat>();

/** `2 days ago`, in the language asked for. Both times in milliseconds since the epoch; what lies ahead counts as now. */
export function timeAgo(time: number, now: number, language: string): string {
  let format = formats.get(language);
  if (!format) {
    format = new Intl.RelativeTimeFormat(language);
    formats.set(language, format);
  }
  const age = Math.max(0, now - time);
  const { size, unit } = UNITS.find(({ from }) => age >= from) ?? { size: SECOND, unit: 'second' };
  return format.format(-Math.floor(age / size), unit);
}

/** `12 seconds`, `3 minutes`, `2 hours`, in the language asked for. */
export function secondsText(seconds: number, language: string): string {
  const [value, unit] =
    seconds < 90
      ? [Math.max(1, Math.round(seconds)), 'second']
      : seconds < 90 * 60
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 3600), 'hour'];
  return value.toLocaleString(language, { style: 'unit', unit, unitDisplay: 'long' });
}

/** The date and time in full, UTC: `2024-10-03 14:21:07 UTC`. */
export function timestamp(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A time of the day: `14:05:09`. */
export function clockTime(time: number, language: string): string {
  return new Date(time).toLocaleTimeString(language, { hour12: false });
}
