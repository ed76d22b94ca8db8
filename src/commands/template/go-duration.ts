import { goInt, goString, type GoValue } from './go-value';

const UNITS = [
  ['h', 3.6e12],
  ['m', 6e10],
  ['s', 1e9],
] as const;

/** A time.Duration of nanoseconds: it prints as `1h0m30s`. */
export function goDuration(nanoseconds: number): GoValue {
  const value = BigInt(nanoseconds);
  const shown = durationText(nanoseconds);
  const real = (unit: number) => (): GoValue => ({ kind: 'float', value: nanoseconds / unit });
  const whole = (unit: bigint) => (): GoValue => goInt(value / unit, 'int64');
  const methods = new Map([
    ['Hours', real(3.6e12)],
    ['Minutes', real(6e10)],
    ['Seconds', real(1e9)],
    ['Milliseconds', whole(1_000_000n)],
    ['Microseconds', whole(1000n)],
    ['Nanoseconds', whole(1n)],
    ['String', () => goString(shown)],
  ]);
  return { kind: 'int', value, type: 'time.Duration', shown, methods };
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
