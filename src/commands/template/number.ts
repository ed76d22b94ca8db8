import type { Token } from './lexer';
import { quote, unquote } from '../../base/go-quote';

/** A number of a template: what it is by itself, and as an integer where one is asked for. */
export interface NumberLiteral {
  readonly value:
    | { readonly kind: 'int'; readonly value: bigint }
    | { readonly kind: 'float'; readonly value: number }
    | { readonly kind: 'complex'; readonly real: number; readonly imaginary: number };
  readonly integer: bigint | undefined;
}

type Read = NumberLiteral | { readonly problem: string };

export const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/**
 * The number of a literal, as Go reads one, or what Go says of one that it cannot read.
 * https://github.com/golang/go/blob/go1.24.3/src/text/template/parse/node.go (newNumber)
 */
export function parseNumber({ kind, text }: Token): Read {
  if (kind === 'character') return parseCharacter(text);
  if (kind === 'complex') return parseComplex(text);
  const imaginary = text.endsWith('i') ? parseReal(text.slice(0, -1)) : undefined;
  if (imaginary !== undefined) return complex(0, imaginary);
  const integer = parseInteger(text);
  if (integer !== undefined) return { value: { kind: 'int', value: integer }, integer };
  const value = parseReal(text);
  if (value === undefined) return { problem: `illegal number syntax: ${quote(text)}` };
  if (!/[.eEpP]/.test(text)) return { problem: `integer overflow: ${quote(text)}` };
  // 1e3 may stand where an integer is asked for, yet is a float by itself.
  return { value: { kind: 'float', value }, integer: wholeOf(value) };
}

/** Whether Go has no int for it, though it has read the number. */
export function overflowsInt({ value }: NumberLiteral): boolean {
  return value.kind === 'int' && value.value > MAX_INT;
}

function complex(real: number, imaginary: number): NumberLiteral {
  const integer = imaginary === 0 ? wholeOf(real) : undefined;
  return { value: { kind: 'complex', real, imaginary }, integer };
}

/** The int that a real number is, where it is one. */
function wholeOf(value: number): bigint | undefined {
  const isOne = Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
  return isOne ? BigInt(value) : undefined;
}

function parseCharacter(text: string): Read {
  const characters = Array.from(unquote(text) ?? '');
  const code = characters[0]?.codePointAt(0);
  if (code === undefined) return { problem: 'invalid syntax' };
  if (characters.length > 1) return { problem: `malformed character constant: ${text}` };
  return { value: { kind: 'int', value: BigInt(code) }, integer: BigInt(code) };
}

/** `1+2i`. */
function parseComplex(text: string): Read {
  const [, first, second] = /^([-+]?[^-+i]*(?:[eEpP][-+][^-+i]*)?)([-+][^i]+)i$/.exec(text) ?? [];
  if (first === undefined || second === undefined) {
    return { problem: 'syntax error scanning complex number' };
  }
  const [real, imaginary] = [parseReal(first), parseReal(second)];
  if (real === undefined || imaginary === undefined) {
    const wrong = real === undefined ? first : second;
    const isLarge = /^[-+]?[\d.]+[eE]\+?\d+$/.test(wrong);
    const why = isLarge ? 'value out of range' : 'invalid syntax';
    return { problem: `strconv.ParseFloat: parsing ${quote(wrong)}: ${why}` };
  }
  return complex(real, imaginary);
}

function parseInteger(text: string): bigint | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text) ?? [];
  const size = hasGoodUnderscores(digits) ? wholeNumber(digits.replaceAll('_', '')) : undefined;
  const most = sign === '' ? MAX_UINT : sign === '-' ? MAX_INT + 1n : MAX_INT;
  if (size === undefined || size > most) return undefined;
  return sign === '-' ? -size : size;
}

/** Underscores stand between digits, or after what says the base. */
function hasGoodUnderscores(digits: string): boolean {
  return !/__|_$|^_|_[^0-9a-fA-F]|[^0-9a-fA-FxXoObB]_/.test(digits);
}

function wholeNumber(digits: string): bigint | undefined {
  if (/^0(?:[xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+)$/.test(digits)) return BigInt(digits);
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  return /^(?:0|[1-9]\d*)$/.test(digits) ? BigInt(digits) : undefined;
}

function parseReal(text: string): number | undefined {
  const [, sign = '', written = ''] = /^([-+]?)(.*)$/.exec(text) ?? [];
  if (!hasGoodUnderscores(written)) return undefined;
  const size = realNumber(written.replaceAll('_', ''));
  if (size === undefined || !Number.isFinite(size)) return undefined;
  return sign === '-' ? -size : size;
}

function realNumber(digits: string): number | undefined {
  if (/^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits)) return Number(digits);
  const [, whole, fraction = '', power = '0'] =
    /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([-+]?\d+)$/.exec(digits) ?? [];
  if (whole === undefined || whole + fraction === '') return undefined;
  return Number.parseInt(whole + fraction, 16) * 2 ** (Number(power) - 4 * fraction.length);
}
