import { binaryFloat, fixedFloat, hexFloat } from './go-exact-float';
import { canBackquote, quote, quoteCharacter } from './go-quote';

/** What stands between `%` and the end of a verb, and how it asks for a value. */
export interface Directive {
  readonly flags: string;
  /** Columns at least; negative where the text stands at their start. */
  readonly width?: number | undefined;
  readonly precision?: number | undefined;
  readonly verb: string;
}

/** Go's limit of a width or precision. */
export const MAX_WIDTH = 1_000_000;
/** The most digits that JavaScript writes after a point. */
const MAX_DIGITS = 100;

/** A string by a verb of fmt; undefined where it is none for strings. */
export function formatText(
  text: string,
  { verb, precision, flags }: Directive,
): string | undefined {
  const cut = precision === undefined ? text : Array.from(text).slice(0, precision).join('');
  switch (verb) {
    case 's':
    case 'v':
      return cut;
    case 'q':
      return flags.includes('#') && canBackquote(cut)
        ? `\`${cut}\``
        : quote(cut, { ascii: flags.includes('+') });
    case 'x':
    case 'X': {
      const bytes = new TextEncoder().encode(text).subarray(0, precision);
      const prefix = flags.includes('#') ? '0x' : '';
      const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
      const isApart = flags.includes(' ');
      const hex = isApart
        ? pairs.map((pair) => prefix + pair).join(' ')
        : (pairs.length > 0 ? prefix : '') + pairs.join('');
      return verb === 'X' ? hex.toUpperCase() : hex;
    }
    default:
      return undefined;
  }
}

const RADIX: Readonly<Partial<Record<string, number>>> = {
  v: 10,
  d: 10,
  b: 2,
  o: 8,
  O: 8,
  x: 16,
  X: 16,
};
/** What `#` puts before the digits. */
const PREFIX: Readonly<Partial<Record<string, string>>> = { b: '0b', o: '0', x: '0x', X: '0X' };

/** A whole number by a verb of fmt; undefined where it is none for them. */
export function formatInteger(value: number, directive: Directive): string | undefined {
  const { verb, flags, precision } = directive;
  if (verb === 'c') return character(value);
  if (verb === 'q') return quoteCharacter(character(value), { ascii: flags.includes('+') });
  if (verb === 'U') {
    const code = `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
    return flags.includes('#') ? `${code} '${character(value)}'` : code;
  }
  const radix = RADIX[verb];
  if (radix === undefined) return undefined;
  const sharp = verb === 'O' ? '0o' : flags.includes('#') ? (PREFIX[verb] ?? '') : '';
  const digits = Math.abs(value)
    .toString(radix)
    .padStart(Math.min(precision ?? 0, MAX_WIDTH), '0');
  return signed(value < 0, flags, sharp + (verb === 'X' ? digits.toUpperCase() : digits));
}

function character(code: number): string {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
}

/** A real number by a verb of fmt; undefined where it is none for them. */
export function formatReal(value: number, directive: Directive): string | undefined {
  const { verb, flags, precision } = directive;
  const digits = Math.min(precision ?? 6, MAX_DIGITS);
  const size = Math.abs(value);
  switch (verb) {
    case 'f':
    case 'F':
      return signed(value < 0, flags, fixedFloat(size, digits));
    case 'e':
    case 'E': {
      const text = padExponent(size.toExponential(digits));
      return signed(value < 0, flags, verb === 'E' ? text.toUpperCase() : text);
    }
    case 'v':
    case 'g':
    case 'G': {
      const text = shortest(size, precision);
      return signed(value < 0, flags, verb === 'G' ? text.toUpperCase() : text);
    }
    case 'b':
      return signed(value < 0, flags, binaryFloat(size));
    case 'x':
    case 'X': {
      const text = hexFloat(size, precision);
      return signed(value < 0, flags, verb === 'X' ? text.toUpperCase() : text);
    }
    default:
      return undefined;
  }
}

function signed(isNegative: boolean, flags: string, digits: string): string {
  return (isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits;
}

/** From here on a number without a precision is written with its exponent. */
const LARGE_EXPONENT = 6;

/** Go's `%g`: as few digits as tell the number, or as many as are asked for, with an exponent where it is large or small. */
function shortest(value: number, precision: number | undefined): string {
  const wanted = precision === undefined ? undefined : Math.min(Math.max(precision, 1), MAX_DIGITS);
  const scientific = value.toExponential(wanted === undefined ? undefined : wanted - 1);
  const [mantissa = '', power = '0'] = scientific.split('e');
  const digits = mantissa.replace('.', '').replace(/0+$/, '') || '0';
  const exponent = Number(power);
  const isPlain = exponent >= -4 && exponent < (wanted ?? LARGE_EXPONENT);
  if (isPlain) return value.toFixed(Math.max(digits.length - 1 - exponent, 0));
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return padExponent(`${digits.slice(0, 1)}${fraction}e${exponent < 0 ? '' : '+'}${exponent}`);
}

function padExponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

/** The text in as many columns as were asked for. */
export function pad(text: string, { flags, width = 0, precision, verb }: Directive): string {
  const columns = Math.min(Math.abs(width), MAX_WIDTH);
  const missing = columns - Array.from(text).length;
  if (missing <= 0) return text;
  if (width < 0 || flags.includes('-')) return text + ' '.repeat(missing);
  const isWholeWithPrecision = precision !== undefined && 'dboOxX'.includes(verb);
  if (!flags.includes('0') || isWholeWithPrecision) return ' '.repeat(missing) + text;
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
