import { parseTimestamp, ZERO_TIME } from '../../base/timestamp';
import { goBool, goInt, goString, type GoStruct, type GoValue } from './go-value';

const MONTHS =
  'January February March April May June July August September October November December';
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday';
const DAY = 86_400_000;

/** A time.Time of UTC, as JSON writes it (`2025-01-02T03:04:05.6Z`), with those of its methods that take nothing. */
export function goTime(json: string): GoStruct {
  const [, date = '0001-01-01', clock = '00:00:00', fraction = ''] =
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(json) ?? [];
  const moment = parseTimestamp(json) ?? ZERO_TIME;
  const [seconds, nanoseconds] = [BigInt(moment.seconds), BigInt(moment.nanoseconds)];
  const shown = `${date} ${clock}${fraction === '' ? '' : `.${fraction}`} +0000 UTC`;
  const time: GoStruct = {
    kind: 'struct',
    type: 'time.Time',
    fields: new Map(),
    shown,
    methods: { get: (name) => methods.get(name) },
    toJson: () => json,
  };
  const methods = new Map<string, () => GoValue>([
    ...calendar(new Date(moment.seconds * 1000)),
    ['Nanosecond', () => goInt(nanoseconds)],
    ['Unix', () => goInt(seconds, 'int64')],
    ['UnixMilli', () => goInt(seconds * 1000n + nanoseconds / 1_000_000n, 'int64')],
    ['UnixMicro', () => goInt(seconds * 1_000_000n + nanoseconds / 1000n, 'int64')],
    ['UnixNano', () => goInt(BigInt.asIntN(64, seconds * 10n ** 9n + nanoseconds), 'int64')],
    ['IsZero', () => goBool(json === '' || json === '0001-01-01T00:00:00Z')],
    ['String', () => goString(shown)],
    ['UTC', () => time],
    ['Local', () => time],
  ]);
  return time;
}

function calendar(date: Date): readonly (readonly [string, () => GoValue])[] {
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  const dayOfYear = (Date.UTC(year, month, date.getUTCDate()) - Date.UTC(year, 0, 1)) / DAY + 1;
  return [
    ['Year', () => goInt(year)],
    ['Month', () => named(month + 1, MONTHS.split(' ')[month], 'time.Month')],
    ['Day', () => goInt(date.getUTCDate())],
    ['Hour', () => goInt(date.getUTCHours())],
    ['Minute', () => goInt(date.getUTCMinutes())],
    ['Second', () => goInt(date.getUTCSeconds())],
    ['Weekday', () => named(date.getUTCDay(), DAYS.split(' ')[date.getUTCDay()], 'time.Weekday')],
    ['YearDay', () => goInt(dayOfYear)],
  ];
}

function named(value: number, shown = '', type: string): GoValue {
  return { kind: 'int', value: BigInt(value), type, shown };
}
