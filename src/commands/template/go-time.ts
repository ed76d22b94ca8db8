import { parseTimestamp, ZERO_TIME } from '../../base/timestamp';
import { FunctionProblem, TemplateError } from './errors';
import { getBytes, getInt, getMoment, getText } from './go-argument';
import {
  calendarTime,
  daysSinceEpoch,
  modulo,
  MONTHS,
  WEEKDAYS,
  type CalendarTime,
} from './go-calendar';
import { goDuration, nearestDuration, SECOND } from './go-duration';
import { methodsOf, type Method } from './go-method';
import { formatTime, RFC_3339_NANO, STRING_LAYOUT } from './go-time-layout';
import {
  goBool,
  goByteList,
  goInt,
  goString,
  goStruct,
  type GoMoment,
  type GoStruct,
  type GoValue,
} from './go-value';

const ZERO: GoMoment = { seconds: BigInt(ZERO_TIME.seconds), nanoseconds: 0n, zone: 'UTC' };

const part =
  (of: (time: CalendarTime) => number): Method<GoMoment>[1] =>
  ({ seconds }) =>
    goInt(of(calendarTime(seconds)));
const json = (time: GoMoment): string => `"${rfc3339(time)}"`;
const bytes = (text: string, before?: GoValue): GoValue =>
  goByteList([...getBytes(before), ...new TextEncoder().encode(text)]);
const nameOf = (value: number, name: string | undefined, type: string): GoValue => ({
  kind: 'int',
  value: BigInt(value),
  type,
  shown: name ?? '',
  methods: methodsOf(NAME_METHODS, name ?? ''),
});
const NAME_METHODS = new Map<string, Method<string>>([['String', [[], (name) => goString(name)]]]);

const LOCATIONS = { UTC: goLocation('UTC'), Local: goLocation('Local') };

/** What a time.Time can be asked for with one value as its answer. https://github.com/golang/go/blob/go1.24.3/src/time/time.go */
const METHODS: ReadonlyMap<string, Method<GoMoment>> = new Map<string, Method<GoMoment>>([
  ['Year', [[], part(({ year }) => year)]],
  ['Month', [[], ({ seconds }) => goMonth(seconds)]],
  ['Day', [[], part(({ day }) => day)]],
  ['Hour', [[], part(({ hour }) => hour)]],
  ['Minute', [[], part(({ minute }) => minute)]],
  ['Second', [[], part(({ second }) => second)]],
  ['Weekday', [[], ({ seconds }) => goWeekday(seconds)]],
  ['YearDay', [[], part(({ yearDay }) => yearDay)]],
  ['Nanosecond', [[], ({ nanoseconds }) => goInt(nanoseconds)]],
  ['Unix', [[], ({ seconds }) => goInt(seconds, 'int64')]],
  ['UnixMilli', [[], (time) => unix(time, 1000n)]],
  ['UnixMicro', [[], (time) => unix(time, 1_000_000n)]],
  ['UnixNano', [[], (time) => unix(time, SECOND)]],
  ['IsZero', [[], (time) => goBool(compare(time, ZERO) === 0)]],
  ['IsDST', [[], () => goBool(false)]],
  ['Location', [[], ({ zone }) => LOCATIONS[zone]]],
  ['UTC', [[], (time) => goMoment({ ...time, zone: 'UTC' })]],
  ['Local', [[], (time) => goMoment({ ...time, zone: 'Local' })]],
  ['In', [['*time.Location'], (time, location) => goMoment({ ...time, zone: zoneOf(location) })]],
  ['Add', [['time.Duration'], (time, by) => goMoment(moved(time, getInt(by)))]],
  ['AddDate', [['int', 'int', 'int'], addDate]],
  ['Sub', [['time.Time'], (time, other) => goDuration(nearestDuration(difference(time, other)))]],
  ['Before', [['time.Time'], (time, other) => goBool(difference(time, other) < 0n)]],
  ['After', [['time.Time'], (time, other) => goBool(difference(time, other) > 0n)]],
  ['Equal', [['time.Time'], (time, other) => goBool(difference(time, other) === 0n)]],
  ['Compare', [['time.Time'], (time, other) => goInt(signOf(difference(time, other)))]],
  ['Truncate', [['time.Duration'], (time, by) => goMoment(moved(time, -pastMultiple(time, by)))]],
  ['Round', [['time.Duration'], (time, by) => goMoment(rounded(time, by))]],
  ['Format', [['string'], (time, layout) => goString(formatted(time, getText(layout)))]],
  [
    'AppendFormat',
    [
      ['[]uint8', 'string'],
      (time, before, layout) => bytes(formatted(time, getText(layout)), before),
    ],
  ],
  ['String', [[], (time) => goString(formatted(time, STRING_LAYOUT))]],
  ['GoString', [[], (time) => goString(source(time))]],
  ['MarshalJSON', [[], (time) => bytes(checked(json, time, 'MarshalJSON'))]],
  ['MarshalText', [[], (time) => bytes(checked(rfc3339, time, 'MarshalText'))]],
  [
    'AppendText',
    [['[]uint8'], (time, before) => bytes(checked(rfc3339, time, 'AppendText'), before)],
  ],
  ['MarshalBinary', [[], (time) => binary(time)]],
  ['GobEncode', [[], (time) => binary(time)]],
  ['AppendBinary', [['[]uint8'], (time, before) => binary(time, before)]],
]);

/** A time.Time of UTC, as JSON writes it (`2025-01-02T03:04:05.6Z`). */
export function goTime(text: string): GoStruct {
  const { seconds, nanoseconds } = parseTimestamp(text) ?? ZERO_TIME;
  return {
    ...goMoment({ seconds: BigInt(seconds), nanoseconds: BigInt(nanoseconds), zone: 'UTC' }),
    toJson: () => text,
  };
}

function goMoment(moment: GoMoment): GoStruct {
  return {
    kind: 'struct',
    type: 'time.Time',
    fields: new Map(),
    moment,
    shown: formatted(moment, STRING_LAYOUT),
    source: source(moment),
    methods: methodsOf(METHODS, moment),
    toJson: () => {
      if (hasJson(moment)) return rfc3339(moment);
      const why = 'Time.MarshalJSON: year outside of range [0,9999]';
      throw new TemplateError(
        'execute',
        `json: error calling MarshalJSON for type time.Time: ${why}`,
      );
    },
  };
}

function formatted({ seconds, nanoseconds }: GoMoment, layout: string): string {
  return formatTime(layout, seconds, nanoseconds);
}

function rfc3339(time: GoMoment): string {
  return formatted(time, RFC_3339_NANO);
}

function hasJson({ seconds }: GoMoment): boolean {
  const { year } = calendarTime(seconds);
  return year >= 0 && year <= 9999;
}

function checked(write: (time: GoMoment) => string, time: GoMoment, method: string): string {
  if (hasJson(time)) return write(time);
  throw new FunctionProblem(`Time.${method}: year outside of range [0,9999]`);
}

/** How Go's source writes it. */
function source({ seconds, nanoseconds, zone }: GoMoment): string {
  const { year, month, day, hour, minute, second } = calendarTime(seconds);
  const name = MONTHS[month - 1] ?? '';
  const clock = `${hour}, ${minute}, ${second}, ${nanoseconds}`;
  return `time.Date(${year}, time.${name}, ${day}, ${clock}, time.${zone})`;
}

/** Version, seconds since the year 1, nanoseconds, and minutes from UTC, of which UTC itself has -1. */
function binary({ seconds, nanoseconds, zone }: GoMoment, before?: GoValue): GoValue {
  const view = new DataView(new ArrayBuffer(15));
  view.setUint8(0, 1);
  view.setBigInt64(1, seconds - ZERO.seconds);
  view.setInt32(9, Number(nanoseconds));
  view.setInt16(13, zone === 'UTC' ? -1 : 0);
  return goByteList([...getBytes(before), ...new Uint8Array(view.buffer)]);
}

function goMonth(seconds: bigint): GoValue {
  const { month } = calendarTime(seconds);
  return nameOf(month, MONTHS[month - 1], 'time.Month');
}

function goWeekday(seconds: bigint): GoValue {
  const { weekday } = calendarTime(seconds);
  return nameOf(weekday, WEEKDAYS[weekday], 'time.Weekday');
}

function goLocation(shown: GoMoment['zone']): GoValue {
  const type = 'time.Location';
  const to: GoStruct = { ...goStruct(type, []), shown, methods: methodsOf(NAME_METHODS, shown) };
  return { kind: 'pointer', type: `*${type}`, to };
}

function zoneOf(location: GoValue | undefined): GoMoment['zone'] {
  if (location?.kind !== 'pointer' || !location.to) {
    throw new FunctionProblem('time: missing Location in call to Time.In');
  }
  return location.to.shown === 'Local' ? 'Local' : 'UTC';
}

function unix({ seconds, nanoseconds }: GoMoment, perSecond: bigint): GoValue {
  const value = seconds * perSecond + nanoseconds / (SECOND / perSecond);
  return goInt(BigInt.asIntN(64, value), 'int64');
}

function total({ seconds, nanoseconds }: GoMoment): bigint {
  return seconds * SECOND + nanoseconds;
}

function compare(a: GoMoment, b: GoMoment): number {
  return signOf(total(a) - total(b));
}

function signOf(value: bigint): number {
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}

function difference(time: GoMoment, other: GoValue | undefined): bigint {
  return total(time) - total(getMoment(other) ?? ZERO);
}

function moved(time: GoMoment, by: bigint): GoMoment {
  const nanoseconds = modulo(time.nanoseconds + by, SECOND);
  const seconds = time.seconds + (time.nanoseconds + by - nanoseconds) / SECOND;
  return { ...time, seconds: BigInt.asIntN(64, seconds), nanoseconds };
}

/** Nanoseconds since the last multiple of a duration, counted from the year 1. */
function pastMultiple(time: GoMoment, by: GoValue | undefined): bigint {
  const size = getInt(by);
  return size <= 0n ? 0n : modulo(total(time) - total(ZERO), size);
}

function rounded(time: GoMoment, by: GoValue | undefined): GoMoment {
  const past = pastMultiple(time, by);
  return moved(time, past + past < getInt(by) || past === 0n ? -past : getInt(by) - past);
}

function addDate(time: GoMoment, ...values: readonly GoValue[]): GoValue {
  const [years = 0, months = 0, days = 0] = values.map((value) => Number(getInt(value)));
  const { year, month, day } = calendarTime(time.seconds);
  const ofDay = modulo(time.seconds, 86_400n);
  const date = BigInt(daysSinceEpoch(year + years, month + months, day)) + BigInt(days);
  return goMoment({ ...time, seconds: BigInt.asIntN(64, date * 86_400n + ofDay) });
}
