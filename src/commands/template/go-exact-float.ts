const FRACTION_BITS = 52;
const BIAS = 1023;
/** No number has more digits than these after its point. */
const MOST_DIGITS = BIAS + FRACTION_BITS;
const HEX_DIGITS = FRACTION_BITS / 4;

/** A finite number ≥ 0 as `mantissa` × 2^`power`, with nothing rounded. */
interface Parts {
  readonly mantissa: bigint;
  readonly power: number;
}

function partsOf(size: number): Parts {
  const bits = new BigUint64Array(Float64Array.of(size).buffer)[0] ?? 0n;
  const exponent = Number(bits >> BigInt(FRACTION_BITS));
  const fraction = BigInt.asUintN(FRACTION_BITS, bits);
  // Numbers too small for an exponent of their own have no leading one.
  const mantissa = exponent === 0 ? fraction : fraction | (1n << BigInt(FRACTION_BITS));
  return { mantissa, power: Math.max(exponent, 1) - BIAS - FRACTION_BITS };
}

/** Go's `%b` of a finite number ≥ 0: `6755399441055744p-52`. */
export function binaryFloat(size: number): string {
  const { mantissa, power } = partsOf(size);
  return `${mantissa}p${power < 0 ? '' : '+'}${power}`;
}

/** A number ≥ 0 as 0.`digits` × 10^`point`; no zeros at the end, so none at all for 0. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** A finite number ≥ 0 to so many digits > 0; what lies halfway goes to the even neighbour. */
export function exactDecimal(size: number, digits: number): Decimal {
  const { mantissa, power } = partsOf(size);
  const exact = power < 0 ? mantissa * 5n ** BigInt(-power) : mantissa << BigInt(power);
  if (exact === 0n) return { digits: '', point: 0 };
  const text = exact.toString();
  const point = text.length + Math.min(power, 0);
  if (text.length <= digits) return { digits: text.replace(/0+$/, ''), point };
  const unit = 10n ** BigInt(text.length - digits);
  const rest = 2n * (exact % unit);
  const kept = exact / unit;
  const isUp = rest > unit || (rest === unit && kept % 2n === 1n);
  const rounded = (kept + (isUp ? 1n : 0n)).toString();
  // 9.96 becomes 10.0, a digit longer.
  return { digits: rounded.replace(/0+$/, ''), point: point + rounded.length - digits };
}

/** Go's `%f` of a finite number ≥ 0: every digit is exact, and what lies halfway goes to the even neighbour, unlike `toFixed`. */
export function fixedFloat(size: number, wanted: number): string {
  const { mantissa, power } = partsOf(size);
  const digits = Math.min(wanted, MOST_DIGITS);
  const scaled = mantissa * 10n ** BigInt(digits);
  const whole = power < 0 ? halvedEvenly(scaled, BigInt(-power)) : scaled << BigInt(power);
  const text = whole.toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  const fraction = text.slice(point).padEnd(wanted, '0');
  return fraction === '' ? text : `${text.slice(0, point)}.${fraction}`;
}

/**
 * Go's `%x` of a finite number ≥ 0: `0x1.8p+00`, with as many hex digits after the point as tell it, or as are asked for.
 * https://github.com/golang/go/blob/go1.24.3/src/strconv/ftoa.go (fmtX)
 */
export function hexFloat(size: number, precision?: number): string {
  let { mantissa, power } = partsOf(size);
  if (mantissa === 0n) power = -FRACTION_BITS;
  while (mantissa !== 0n && mantissa >> BigInt(FRACTION_BITS) === 0n) {
    mantissa <<= 1n;
    power--;
  }
  mantissa = roundedTo(mantissa, precision ?? HEX_DIGITS);
  if (mantissa >> BigInt(FRACTION_BITS + 1) !== 0n) {
    mantissa >>= 1n;
    power++;
  }
  const exact = BigInt.asUintN(FRACTION_BITS, mantissa).toString(16).padStart(HEX_DIGITS, '0');
  const digits =
    precision === undefined
      ? exact.replace(/0+$/, '')
      : exact.slice(0, precision).padEnd(precision, '0');
  const exponent = power + FRACTION_BITS;
  const sign = exponent < 0 ? '-' : '+';
  const point = digits === '' ? '' : '.';
  return `0x${mantissa >> BigInt(FRACTION_BITS)}${point}${digits}p${sign}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

/** To so many hex digits of the fraction. */
function roundedTo(mantissa: bigint, digits: number): bigint {
  if (digits >= HEX_DIGITS) return mantissa;
  const dropped = BigInt(4 * (HEX_DIGITS - digits));
  return halvedEvenly(mantissa, dropped) << dropped;
}

/** `value` ÷ 2^`times`, `times` > 0; what lies halfway goes to the even neighbour. */
function halvedEvenly(value: bigint, times: bigint): bigint {
  const kept = value >> times;
  const rest = value - (kept << times);
  const half = 1n << (times - 1n);
  const isUp = rest > half || (rest === half && kept % 2n === 1n);
  return kept + (isUp ? 1n : 0n);
}
