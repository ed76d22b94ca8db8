import type { GoValue } from './go-value';

const UNITS = [
  ['h', 3.6e12],
  ['m', 6e10],
  ['s', 1e9],
] as const;

/** A time.Duration of nanoseconds: it prints as `1h0m30s`. */
export function goDuration(nanoseconds: number): GoValue {
  return {
    kind: 'int',
    value: BigInt(nanoseconds),
    type: 'time.Duration',
    shown: durationText(nanoseconds),
  };
}

function durationText(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < 0) return `-${durationText(-nanoseconds)}`;
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${nanoseconds / 1e3}µs`;
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  let rest = nanoseconds;
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = unit === 's' ? rest / size : Math.trunc(rest / size);
    rest -= Math.trunc(rest / size) * size;
    if (text !== '' || count >= 1 || unit === 's') text += `${count}${unit}`;
  }
  return text;
}
