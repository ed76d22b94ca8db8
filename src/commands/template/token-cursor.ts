import { TemplateError } from './errors';
import { lexTemplate, type Token, type TokenKind } from './lexer';
import { printToken } from './token-text';

const MAX_NESTING = 500;
const END_OF_TEXT: Token = { kind: 'eof', text: '', at: 0, line: 1 };

/** Where a parser stands among a template's tokens, and what it says of one that it cannot take: `parse`, in Go's words. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  /** Lists of nodes and parentheses that are open. */
  #nesting = 0;
  #at = 0;
  /** The last token read from the text, whether given back since or not: Go's errors name its line. */
  #furthest = 0;
  /** The line where the action began that is being read; 0 outside of one. */
  actionLine = 0;

  constructor(text: string) {
    this.#tokens = lexTemplate(text);
  }

  /** Tokens read, for `rewind`. */
  get position(): number {
    return this.#at;
  }

  rewind(position: number): void {
    this.#at = position;
  }

  /** Gives the last token back. */
  back(): void {
    this.#at--;
  }

  next(): Token {
    const token = this.#tokens[this.#at] ?? this.#tokens.at(-1) ?? END_OF_TEXT;
    if (this.#at < this.#tokens.length) this.#at++;
    this.#furthest = Math.max(this.#furthest, this.#at);
    return token;
  }

  peek(): Token {
    const token = this.next();
    this.#at--;
    return token;
  }

  nextNonSpace(): Token {
    for (;;) {
      const token = this.next();
      if (token.kind !== 'space') return token;
    }
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.#at--;
    return token;
  }

  fail(message: string): never {
    const line = this.#tokens[Math.max(this.#furthest - 1, 0)]?.line ?? 1;
    throw new TemplateError('parse', `template: :${line}: ${message}`, { detail: { line } });
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.fail(`unexpected ${printToken(token)} in ${context}`);
    if (this.actionLine === 0 || this.actionLine === token.line) this.fail(token.text);
    const extra = ` in action started at :${this.actionLine}`;
    this.fail(
      token.text + (token.text.endsWith(' action') ? extra.slice(' in action'.length) : extra),
    );
  }

  expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    if (token.kind !== kind) this.unexpected(token, context);
    return token;
  }

  /** Go's own limit is higher than what the browser's stack holds; the words are its. */
  nested<T>(read: () => T): T {
    if (this.#nesting >= MAX_NESTING) this.fail('max expression depth exceeded');
    this.#nesting++;
    const result = read();
    this.#nesting--;
    return result;
  }
}
