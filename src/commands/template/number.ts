import type { Token } from './lexer';
import { unquote } from './go-quote';

export interface NumberLiteral {
  readonly value: number;
  readonly isInt: boolean;
}

/** The number of a literal, as Go reads one; undefined where it is none. Integers past 2^53 lose digits. */
export function parseNumber({ kind, text }: Token): NumberLiteral | undefined {
  if (kind === 'character') {
    const character = unquote(text);
    const value = character?.codePointAt(0);
    if (value === undefined || Array.from(character ?? '').length !== 1) return undefined;
    return { value, isInt: true };
  }
  if (/__|_$/.test(text)) return undefined;
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', '')) ?? [];
  const integer = parseInteger(digits);
  if (integer !== undefined) return { value: sign === '-' ? -integer || 0 : integer, isInt: true };
  if (!/^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits)) return undefined;
  const value = Number(sign + digits);
  // 1e3 may stand where an integer is asked for, yet is a float by itself.
  return { value, isInt: false };
}

function parseInteger(digits: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(digits) || /^0[bB][01]+$/.test(digits)) return Number(digits);
  if (/^0[oO]?[0-7]+$/.test(digits)) return Number.parseInt(digits.replace(/^0[oO]?/, ''), 8);
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}
