import { quote } from '../../base/go-quote';

export type TokenKind =
  | 'error'
  | 'eof'
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'bool'
  | 'char'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'left paren'
  | 'right paren'
  | 'dot'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'nil'
  | 'number'
  | 'complex'
  | 'character'
  | 'string'
  | 'raw string';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the template, UTF-16 units. */
  readonly at: number;
  /** From 1. */
  readonly line: number;
}

const KEYWORDS = new Set('block break continue define else end if range template with'.split(' '));
const WORD = /[\p{L}\p{Nd}_]/u;
const SPACE = /[ \t\r\n]/;

/**
 * Cuts a template into tokens, as Go's text/template does; the last is `eof` or `error`.
 * https://github.com/golang/go/blob/go1.24.3/src/text/template/parse/lex.go
 */
export function lexTemplate(text: string): readonly Token[] {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #start = 0;
  #line = 1;
  #startLine = 1;
  #parens = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Token[] {
    for (;;) {
      const next = this.#lexText();
      if (next === 'end' || (next === 'action' && !this.#lexActions())) return this.#tokens;
    }
  }

  /** Up to the next action, or past the next comment. */
  #lexText(): 'action' | 'comment' | 'end' {
    const open = this.#text.indexOf('{{', this.#at);
    if (open < 0) {
      this.#emitText(this.#text.length, this.#text.length);
      this.#emit('eof');
      return 'end';
    }
    const trims = /^\{\{-[ \t\r\n]/.test(this.#text.slice(open, open + 4));
    const text = this.#text.slice(this.#at, open);
    this.#emitText(this.#at + (trims ? text.trimEnd().length : text.length), open);
    const afterMarker = open + 2 + (trims ? 2 : 0);
    if (this.#text.startsWith('/*', afterMarker)) {
      return this.#comment(afterMarker) ? 'comment' : 'end';
    }
    this.#at = open + 2;
    this.#emit('left');
    if (trims) {
      this.#at += 2;
      this.#skip();
    }
    this.#parens = 0;
    return 'action';
  }

  #emitText(end: number, next: number): void {
    this.#at = end;
    if (this.#at > this.#start) this.#emit('text');
    this.#at = next;
    this.#skip();
  }

  /** True where the comment was whole. */
  #comment(start: number): boolean {
    const end = this.#text.indexOf('*/', start);
    if (end < 0) return this.#fail('unclosed comment');
    this.#at = end + 2;
    const close = /^(?:[ \t\r\n]-)?\}\}/.exec(this.#text.slice(this.#at, this.#at + 4));
    if (!close) return this.#fail('comment ends before closing delimiter');
    this.#at += close[0].length;
    if (close[0].length > 2) this.#trimLeft();
    this.#skip();
    return true;
  }

  /** Up to the end of the action. False where something is wrong with it. */
  #lexActions(): boolean {
    for (;;) {
      const close = /^(?:[ \t\r\n]-)?\}\}/.exec(this.#text.slice(this.#at, this.#at + 4));
      if (close) {
        if (this.#parens > 0) return this.#fail('unclosed left paren');
        const trims = close[0].length > 2;
        if (trims) {
          this.#at += 2;
          this.#skip();
        }
        this.#at += 2;
        this.#emit('right');
        if (trims) this.#trimLeft();
        this.#skip();
        return true;
      }
      if (!this.#lexToken()) return false;
    }
  }

  #trimLeft(): void {
    while (SPACE.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #lexToken(): boolean {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    if (this.#at >= this.#text.length) return this.#fail('unclosed action');
    if (SPACE.test(character)) return this.#match(/(?:(?![ \t\r\n]-\}\})[ \t\r\n])+/y, 'space');
    if (WORD.test(character) && !/[0-9]/.test(character)) return this.#lexWord();
    if (
      /[.$]/.test(character) &&
      !/^\.(?:[0-9]|$)/.test(this.#text.slice(this.#at, this.#at + 2))
    ) {
      return this.#lexField(character);
    }
    if (/[-+0-9.]/.test(character)) return this.#lexNumber();
    switch (character) {
      case '"':
        return this.#lexQuoted(/"(?:[^"\\\n]|\\[^\n])*"/y, 'string', 'unterminated quoted string');
      case '`':
        return this.#lexQuoted(/`[^`]*`/y, 'raw string', 'unterminated raw quoted string');
      case "'":
        return this.#lexQuoted(
          /'(?:[^'\\\n]|\\[^\n])*'/y,
          'character',
          'unterminated character constant',
        );
      case ':':
        if (this.#text[this.#at + 1] !== '=') return this.#fail('expected :=');
        return this.#match(/:=/y, 'declare');
      default:
        return this.#lexSign(character);
    }
  }

  #lexSign(character: string): boolean {
    this.#at += character.length;
    if (character === ')' && --this.#parens < 0) return this.#fail('unexpected right paren');
    if (character === '(') this.#parens++;
    const kind = SIGNS.get(character);
    if (kind) return this.#emit(kind);
    if (/[\x20-\x7E]/.test(character)) return this.#emit('char');
    return this.#fail(`unrecognized character in action: ${codePointName(character)}`);
  }

  #lexWord(): boolean {
    const word = /[\p{L}\p{Nd}_]+/uy;
    word.lastIndex = this.#at;
    const text = word.exec(this.#text)?.[0] ?? '';
    this.#at += text.length;
    if (!this.#isTerminated()) return this.#badCharacter();
    if (KEYWORDS.has(text)) return this.#emit('keyword');
    if (text === 'nil') return this.#emit('nil');
    return this.#emit(text === 'true' || text === 'false' ? 'bool' : 'identifier');
  }

  #lexField(first: string): boolean {
    this.#at++;
    if (this.#isTerminated()) return this.#emit(first === '.' ? 'dot' : 'variable');
    const word = /[\p{L}\p{Nd}_]*/uy;
    word.lastIndex = this.#at;
    this.#at += word.exec(this.#text)?.[0].length ?? 0;
    if (!this.#isTerminated()) return this.#badCharacter();
    return this.#emit(first === '.' ? 'field' : 'variable');
  }

  #lexNumber(): boolean {
    if (!this.#scanNumber()) return this.#badNumber();
    if (!/[-+]/.test(this.#text[this.#at] ?? '')) return this.#emit('number');
    const isComplex = this.#scanNumber() && this.#text[this.#at - 1] === 'i';
    return isComplex ? this.#emit('complex') : this.#badNumber();
  }

  #badNumber(): boolean {
    return this.#fail(`bad number syntax: ${quote(this.#text.slice(this.#start, this.#at))}`);
  }

  /** False where something follows that a number does not end at, which is read too. */
  #scanNumber(): boolean {
    const number =
      /[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)i?/y;
    number.lastIndex = this.#at;
    this.#at += number.exec(this.#text)?.[0].length ?? 0;
    const next = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    if (!WORD.test(next)) return true;
    this.#at += next.length;
    return false;
  }

  #lexQuoted(pattern: RegExp, kind: TokenKind, complaint: string): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text) ? this.#match(pattern, kind) : this.#fail(complaint);
  }

  #match(pattern: RegExp, kind: TokenKind): boolean {
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0;
    return this.#emit(kind);
  }

  /** Whether what follows may follow a word: `$x+2` and the like are refused. */
  #isTerminated(): boolean {
    const next = this.#text[this.#at];
    return (
      next === undefined || /[ \t\r\n.,|:()]/.test(next) || this.#text.startsWith('}}', this.#at)
    );
  }

  #badCharacter(): boolean {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    return this.#fail(`bad character ${codePointName(character)}`);
  }

  #skip(): void {
    this.#countLines();
    this.#start = this.#at;
    this.#startLine = this.#line;
  }

  #countLines(): void {
    for (const character of this.#text.slice(this.#start, this.#at)) {
      if (character === '\n') this.#line++;
    }
  }

  #emit(kind: TokenKind): true {
    const text = this.#text.slice(this.#start, this.#at);
    this.#tokens.push({ kind, text, at: this.#start, line: this.#startLine });
    this.#skip();
    return true;
  }

  #fail(text: string): false {
    this.#tokens.push({ kind: 'error', text, at: this.#start, line: this.#startLine });
    return false;
  }
}

const SIGNS: ReadonlyMap<string, TokenKind> = new Map([
  ['=', 'assign'],
  ['|', 'pipe'],
  ['(', 'left paren'],
  [')', 'right paren'],
]);

/** Go's `%#U`: `U+0029 ')'`. */
function codePointName(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character) ? `U+${hex} '${character}'` : `U+${hex}`;
}
