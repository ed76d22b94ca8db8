import { exactDecimal, type Decimal } from './go-exact-float';

/** From here on a number without a precision is written with its exponent. */
const LARGE_EXPONENT = 6;

/** Go's `%e` of a finite number ≥ 0. */
export function exponentFloat(size: number, digits: number): string {
  return exponentText(exactDecimal(size, digits + 1), digits);
}

/** Go's `%g`: as few digits as tell the number, or as many as are asked for, with an exponent where it is large or small. */
export function shortFloat(size: number, precision: number | undefined): string {
  const wanted = precision === undefined ? undefined : Math.max(precision, 1);
  const decimal = wanted === undefined ? shortestDecimal(size) : exactDecimal(size, wanted);
  const { digits, point } = decimal;
  const exponent = point - 1;
  if (exponent < -4 || exponent >= (wanted ?? LARGE_EXPONENT)) {
    return exponentText(decimal, Math.max(digits.length - 1, 0));
  }
  if (point <= 0) return digits === '' ? '0' : `0.${'0'.repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, '0');
  return digits.length > point ? `${whole}.${digits.slice(point)}` : whole;
}

function shortestDecimal(size: number): Decimal {
  const [mantissa = '', power = '0'] = size.toExponential().split('e');
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  return { digits, point: digits === '' ? 0 : Number(power) + 1 };
}

function exponentText({ digits, point }: Decimal, fraction: number): string {
  const exponent = digits === '' ? 0 : point - 1;
  const tail = digits.slice(1).padEnd(fraction, '0');
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits.slice(0, 1) || '0'}${tail === '' ? '' : `.${tail}`}e${exponent < 0 ? '-' : '+'}${power}`;
}

/**
 * What `#` makes of a real number's text: a point is always there, and by `%g` the zeros at its end stay.
 * https://github.com/golang/go/blob/go1.24.3/src/fmt/format.go (fmtFloat)
 */
export function sharpFloat(text: string, verb: string, precision: number | undefined): string {
  const isHex = verb === 'x' || verb === 'X';
  const [, number = text, tail = ''] =
    (isHex ? /^(.*?)([pP].*)?$/ : /^(.*?)([eE].*)?$/).exec(text) ?? [];
  let missing = 'gGx'.includes(verb) ? (precision ?? 6) : 0;
  missing -= number.replace('.', '').replace(/^0+/, '').length;
  const hasPoint = number.includes('.');
  // A lone zero counts as a digit.
  if (!hasPoint && number === '0') missing--;
  return number + (hasPoint ? '' : '.') + '0'.repeat(Math.max(missing, 0)) + tail;
}
