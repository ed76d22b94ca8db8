/** A day of the proleptic Gregorian calendar and a time of it, as Go's time package reckons, for years past those of a JavaScript date, too. */
export interface CalendarTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** From 1. */
  readonly yearDay: number;
}

export const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
export const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const SECONDS_OF_DAY = 86_400n;
/** The calendar repeats itself after so many days, 400 years. */
const DAYS_OF_ERA = 146_097;
/** From the 1st of March of the year 0 to the epoch: years that begin with March end with their leap day. */
const EPOCH = 719_468;

/** What a clock of UTC shows so many seconds after the epoch. */
export function calendarTime(seconds: bigint): CalendarTime {
  const ofDay = Number(modulo(seconds, SECONDS_OF_DAY));
  const days = Number((seconds - BigInt(ofDay)) / SECONDS_OF_DAY);
  const { year, month, day } = dateOf(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor(ofDay / 60) % 60,
    second: ofDay % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysSinceEpoch(year, 1, 1) + 1,
  };
}

/** Days from the epoch to a date, whose month and day may be past their ends. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const months = month - 3;
  const marchYear = year + Math.floor(months / 12);
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (months - Math.floor(months / 12) * 12) + 2) / 5);
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * DAYS_OF_ERA + yearOfEra * 365 + leapDays + dayOfYear + day - 1 - EPOCH;
}

function dateOf(days: number): Pick<CalendarTime, 'year' | 'month' | 'day'> {
  const since = days + EPOCH;
  const era = Math.floor(since / DAYS_OF_ERA);
  const dayOfEra = since - era * DAYS_OF_ERA;
  const leaps =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const yearStart = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - yearStart;
  const months = Math.floor((5 * dayOfYear + 2) / 153);
  const month = months < 10 ? months + 3 : months - 9;
  return {
    year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * months + 2) / 5) + 1,
  };
}

/** The rest of a division that rounds down. */
export function modulo(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}
