import { getInt } from './go-argument';
import { methodsOf, type Method } from './go-method';
import { goInt, goString, type GoValue } from './go-value';

export const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const MIN_DURATION = -(2n ** 63n);
const MAX_DURATION = 2n ** 63n - 1n;

/** The duration nearest to so many nanoseconds. */
export function nearestDuration(nanoseconds: bigint): bigint {
  if (nanoseconds < MIN_DURATION) return MIN_DURATION;
  return nanoseconds > MAX_DURATION ? MAX_DURATION : nanoseconds;
}

const real =
  (unit: bigint): Method<bigint>[1] =>
  (value) => ({
    kind: 'float',
    value: Number(value / unit) + Number(value % unit) / Number(unit),
  });
const whole =
  (unit: bigint): Method<bigint>[1] =>
  (value) =>
    goInt(value / unit, 'int64');

/** https://github.com/golang/go/blob/go1.24.3/src/time/time.go (Duration) */
const METHODS: ReadonlyMap<string, Method<bigint>> = new Map<string, Method<bigint>>([
  ['Hours', [[], real(HOUR)]],
  ['Minutes', [[], real(MINUTE)]],
  ['Seconds', [[], real(SECOND)]],
  ['Milliseconds', [[], whole(1_000_000n)]],
  ['Microseconds', [[], whole(1000n)]],
  ['Nanoseconds', [[], whole(1n)]],
  ['String', [[], (value) => goString(durationText(value))]],
  ['Abs', [[], (value) => goDuration(nearestDuration(value < 0n ? -value : value))]],
  ['Round', [['time.Duration'], (value, by) => goDuration(rounded(value, getInt(by)))]],
  ['Truncate', [['time.Duration'], (value, by) => goDuration(truncated(value, getInt(by)))]],
]);

/** A time.Duration of nanoseconds: it prints as `1h0m30s`. */
export function goDuration(nanoseconds: number | bigint): GoValue {
  const value = BigInt(nanoseconds);
  return {
    kind: 'int',
    value,
    type: 'time.Duration',
    shown: durationText(value),
    methods: methodsOf(METHODS, value),
  };
}

function truncated(value: bigint, by: bigint): bigint {
  return by <= 0n ? value : value - (value % by);
}

/** Halves away from zero. */
function rounded(value: bigint, by: bigint): bigint {
  if (by <= 0n) return value;
  const rest = value % by;
  const size = rest < 0n ? -rest : rest;
  if (size + size < by) return value - rest;
  return nearestDuration(value < 0n ? value + size - by : value - size + by);
}

function durationText(value: bigint): string {
  if (value === 0n) return '0s';
  if (value < 0n) return `-${durationText(-value)}`;
  if (value < 1000n) return `${value}ns`;
  if (value < 1_000_000n) return `${decimal(value, 3)}µs`;
  if (value < SECOND) return `${decimal(value, 6)}ms`;
  const hours = value / HOUR;
  const minutes = (value % HOUR) / MINUTE;
  const before = hours > 0n ? `${hours}h${minutes}m` : minutes > 0n ? `${minutes}m` : '';
  return `${before}${decimal(value % MINUTE, 9)}s`;
}

/** The number with its point so many places further left. */
function decimal(value: bigint, places: number): string {
  const digits = String(value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
