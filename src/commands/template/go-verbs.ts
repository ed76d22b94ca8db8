import { encodeGo } from '../../base/go-text';
import { binaryFloat, fixedFloat, hexFloat } from './go-exact-float';
import { exponentFloat, sharpFloat, shortFloat } from './go-float';
import { canBackquote, isPrintable, quote, quoteCharacter } from '../../base/go-quote';

/** What stands between `%` and the end of a verb, and how it asks for a value. */
export interface Directive {
  readonly verb: string;
  readonly plus?: boolean;
  readonly minus?: boolean;
  readonly sharp?: boolean;
  readonly space?: boolean;
  readonly zero?: boolean;
  /** `%+v`: structs have the names of their fields. */
  readonly isNamed?: boolean;
  /** `%#v`: a value as Go's source would write it. */
  readonly isSource?: boolean;
  /** Columns at least. */
  readonly width?: number | undefined;
  readonly precision?: number | undefined;
}

/** A string by a verb of fmt; undefined where it is none for strings. */
export function formatText(text: string, directive: Directive): string | undefined {
  const { verb, precision, isSource } = directive;
  if (verb === 'x' || verb === 'X') return hexText(text, directive);
  const cut = precision === undefined ? text : Array.from(text).slice(0, precision).join('');
  if (verb === 'q' || (verb === 'v' && isSource)) return pad(quoteText(cut, directive), directive);
  return verb === 's' || verb === 'v' ? pad(cut, directive) : undefined;
}

function quoteText(text: string, { plus = false, sharp }: Directive): string {
  return sharp && canBackquote(text) ? `\`${text}\`` : quote(text, { ascii: plus });
}

function hexText(text: string, directive: Directive): string {
  const { verb, precision, sharp, space } = directive;
  const bytes = encodeGo(text).subarray(0, precision);
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const prefix = sharp && pairs.length > 0 ? '0x' : '';
  const hex = prefix + pairs.join(space ? ` ${prefix}` : '');
  return pad(verb === 'X' ? hex.toUpperCase() : hex, directive);
}

const RADIX: ReadonlyMap<string, number> = new Map([
  ['v', 10],
  ['d', 10],
  ['b', 2],
  ['o', 8],
  ['O', 8],
  ['x', 16],
  ['X', 16],
]);
/** What `#` puts before the digits. */
const PREFIX: ReadonlyMap<string, string> = new Map([
  ['b', '0b'],
  ['x', '0x'],
  ['X', '0X'],
]);

/** A whole number by a verb of fmt; undefined where it is none for them. */
export function formatInteger(
  value: bigint,
  directive: Directive,
  isUnsigned = false,
): string | undefined {
  const { verb, plus = false, isSource } = directive;
  // What has made room with zeros has no room left; characters have blanks before them all the same.
  const blanks = { ...directive, zero: false };
  if (verb === 'c') return pad(character(value), directive);
  if (verb === 'q') return pad(quoteCharacter(character(value), { ascii: plus }), directive);
  if (verb === 'U') return pad(codePoint(value, directive), blanks);
  const isHex = verb === 'v' && isSource === true && isUnsigned;
  const radix = isHex ? 16 : RADIX.get(verb);
  if (radix === undefined) return undefined;
  const size = value < 0n ? -value : value;
  if (directive.precision === 0 && size === 0n) return pad('', blanks);
  const sign = signOf(value < 0n, directive);
  const digits = size.toString(radix).padStart(digitsWanted(directive, sign), '0');
  const text = sign + prefixed(verb === 'X' ? digits.toUpperCase() : digits, directive, isHex);
  return pad(text, blanks);
}

/** Zeros before a number are asked for by a precision, or by a width where there is none. */
function digitsWanted({ precision, zero, minus, width = 0 }: Directive, sign: string): number {
  if (precision !== undefined) return precision;
  return zero && !minus ? width - sign.length : 0;
}

function prefixed(digits: string, { verb, sharp }: Directive, isHex: boolean): string {
  if (isHex) return `0x${digits}`;
  const before = verb === 'O' ? '0o' : '';
  if (!sharp) return before + digits;
  if (verb === 'o' || verb === 'O') return before + (digits.startsWith('0') ? '' : '0') + digits;
  return (PREFIX.get(verb) ?? '') + digits;
}

function codePoint(value: bigint, { sharp, precision = 0 }: Directive): string {
  const digits = BigInt.asUintN(64, value).toString(16).toUpperCase();
  const code = `U+${digits.padStart(Math.max(precision, 4), '0')}`;
  const isShown = sharp && value >= 0n && value <= 0x10ffffn && isPrintable(character(value));
  return isShown ? `${code} '${character(value)}'` : code;
}

function character(code: bigint): string {
  const isOne = code >= 0n && code <= 0x10ffffn && !(code >= 0xd800n && code <= 0xdfffn);
  return isOne ? String.fromCodePoint(Number(code)) : '\uFFFD';
}

/** A real number by a verb of fmt; undefined where it is none for them. */
export function formatReal(value: number, directive: Directive): string | undefined {
  const { verb, width = 0, zero, minus, sharp, precision } = directive;
  const size = Math.abs(value);
  let text = realText(size, directive);
  if (text === undefined) return undefined;
  if (sharp && verb !== 'b') text = sharpFloat(text, verb === 'v' ? 'g' : verb, precision);
  if (verb === 'X' || verb === 'E' || verb === 'G') text = text.toUpperCase();
  const sign = signOf(value < 0 || Object.is(value, -0), directive);
  return zero && !minus
    ? sign + text.padStart(width - sign.length, '0')
    : pad(sign + text, directive);
}

function realText(size: number, { verb, precision }: Directive): string | undefined {
  switch (verb) {
    case 'f':
    case 'F':
      return fixedFloat(size, precision ?? 6);
    case 'e':
    case 'E':
      return exponentFloat(size, precision ?? 6);
    case 'v':
    case 'g':
    case 'G':
      return shortFloat(size, precision);
    case 'b':
      return binaryFloat(size);
    case 'x':
    case 'X':
      return hexFloat(size, precision);
    default:
      return undefined;
  }
}

/** A complex number by a verb of fmt: its parts, of which the second always has a sign. */
export function formatComplex(
  { real, imaginary }: { readonly real: number; readonly imaginary: number },
  directive: Directive,
): string | undefined {
  const first = formatReal(real, directive);
  const second = formatReal(imaginary, { ...directive, plus: true });
  return first === undefined || second === undefined ? undefined : `(${first}${second}i)`;
}

function signOf(isNegative: boolean, { plus, space }: Directive): string {
  return isNegative ? '-' : plus ? '+' : space ? ' ' : '';
}

/** The text in as many columns as were asked for. */
export function pad(text: string, { minus, zero, width = 0 }: Directive): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text;
}
