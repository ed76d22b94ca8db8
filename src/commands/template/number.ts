import type { Token } from './lexer';
import { quote, unquote } from './go-quote';

export interface NumberLiteral {
  readonly value: number;
  /** Whether it is an integer where nothing asks for one. */
  readonly isInt: boolean;
}

const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/**
 * The number of a literal, as Go reads one, or what Go says of one that it cannot read. Integers past 2^53 lose digits.
 * https://github.com/golang/go/blob/go1.24.3/src/text/template/parse/node.go (newNumber)
 */
export function parseNumber({ kind, text }: Token): NumberLiteral | { readonly problem: string } {
  if (kind === 'character') return parseCharacter(text);
  const illegal = { problem: `illegal number syntax: ${quote(text)}` };
  if (/__|_$/.test(text)) return illegal;
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', '')) ?? [];
  const integer = parseInteger(digits);
  const most = sign === '' ? MAX_UINT : sign === '-' ? MAX_INT + 1n : MAX_INT;
  if (integer !== undefined && integer <= most) {
    const value = Number(integer);
    return { value: sign === '-' ? -value || 0 : value, isInt: true };
  }
  const size = parseReal(digits);
  if (size === undefined || !Number.isFinite(size)) return illegal;
  if (!/[.eEpP]/.test(text)) return { problem: `integer overflow: ${quote(text)}` };
  // 1e3 may stand where an integer is asked for, yet is a float by itself.
  return { value: sign === '-' ? -size : size, isInt: false };
}

/** Whether Go has no int for it, though it has read the number. */
export function overflowsInt({ value, isInt }: NumberLiteral): boolean {
  return isInt && value > Number(MAX_INT);
}

function parseCharacter(text: string): NumberLiteral | { readonly problem: string } {
  const characters = Array.from(unquote(text) ?? '');
  const value = characters[0]?.codePointAt(0);
  if (value === undefined) return { problem: 'invalid syntax' };
  if (characters.length > 1) return { problem: `malformed character constant: ${text}` };
  return { value, isInt: true };
}

function parseInteger(digits: string): bigint | undefined {
  if (/^0(?:[xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+)$/.test(digits)) return BigInt(digits);
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  return /^(?:0|[1-9]\d*)$/.test(digits) ? BigInt(digits) : undefined;
}

function parseReal(digits: string): number | undefined {
  if (/^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits)) return Number(digits);
  const [, whole, fraction = '', power = '0'] =
    /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([-+]?\d+)$/.exec(digits) ?? [];
  if (whole === undefined || whole + fraction === '') return undefined;
  return Number.parseInt(whole + fraction, 16) * 2 ** (Number(power) - 4 * fraction.length);
}
