import { quote } from '../../base/go-quote';
import type { Token, TokenKind } from './lexer';

/** What a command of a pipeline may begin with. */
export const STARTS_COMMAND: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'character',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw string',
  'string',
  'variable',
  'left paren',
]);

/** A token as Go's errors name it. */
export function printToken({ kind, text }: Token): string {
  if (kind === 'eof') return 'EOF';
  if (kind === 'keyword' || kind === 'nil' || kind === 'dot') return `<${text}>`;
  const characters = Array.from(text);
  return characters.length > 10 ? `${quote(characters.slice(0, 10).join(''))}...` : quote(text);
}
