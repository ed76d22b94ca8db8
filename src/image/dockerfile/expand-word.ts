import { badInstruction } from './errors';

export interface Expansion {
  readonly variables: ReadonlyMap<string, string>;
  /** What takes the meaning from the character after it. */
  readonly escape: string;
}

/**
 * A word of an instruction with its quotes removed and its variables filled in. Throws `bad-instruction` in the engine's words.
 * https://github.com/moby/buildkit/blob/v0.8.3/frontend/dockerfile/shell/lex.go
 */
export function expandWord(word: string, expansion: Expansion): string {
  return expand(word, expansion, (lexer) => lexer.upTo(undefined));
}

/** The same, split where a blank was not quoted: `EXPOSE $PORTS` may name several. */
export function expandWords(word: string, expansion: Expansion): readonly string[] {
  return expand(word, expansion, (lexer) => {
    lexer.upTo(undefined);
    return lexer.words;
  });
}

function expand<T>(word: string, expansion: Expansion, read: (lexer: WordLexer) => T): T {
  try {
    return read(new WordLexer(word, expansion));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw badInstruction(`failed to process ${JSON.stringify(word)}: ${error.message}`);
  }
}

class Problem extends Error {}

const DOUBLE_QUOTE_ENDS = 'unexpected end of statement while looking for matching double-quote';
const SINGLE_QUOTE_ENDS = 'unexpected end of statement while looking for matching single-quote';
const BRACE_ENDS = "syntax error: missing '}'";

class WordLexer {
  readonly #characters: readonly string[];
  readonly #expansion: Expansion;
  #at = 0;
  #words: string[] = [];
  #isInWord = false;

  constructor(word: string, expansion: Expansion) {
    this.#characters = Array.from(word);
    this.#expansion = expansion;
  }

  /** What has been read, split at unquoted blanks. */
  get words(): readonly string[] {
    return this.#words.filter((word) => word !== '');
  }

  /** Reads up to a character, and past it. */
  upTo(stop: string | undefined): string {
    let result = '';
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      if (next === stop) {
        this.#at++;
        return result;
      }
      const text = this.#part(next);
      result += text.value;
      if (stop === undefined) this.#addToWords(text);
    }
    if (stop !== undefined) throw new Problem(BRACE_ENDS);
    return result;
  }

  #part(next: string): { readonly value: string; readonly isQuoted: boolean } {
    if (next === "'") return { value: this.#singleQuoted(), isQuoted: true };
    if (next === '"') return { value: this.#doubleQuoted(), isQuoted: true };
    if (next === '$') return { value: this.#variable(), isQuoted: false };
    this.#at++;
    if (next !== this.#expansion.escape) return { value: next, isQuoted: false };
    return { value: this.#next() ?? '', isQuoted: true };
  }

  #addToWords({ value, isQuoted }: { readonly value: string; readonly isQuoted: boolean }): void {
    for (const character of isQuoted ? [value] : Array.from(value)) {
      if (!isQuoted && /\s/u.test(character)) this.#isInWord = false;
      else if (this.#isInWord) this.#words.push((this.#words.pop() ?? '') + character);
      else {
        this.#words.push(character);
        this.#isInWord = true;
      }
    }
  }

  #singleQuoted(): string {
    this.#at++;
    const end = this.#characters.indexOf("'", this.#at);
    if (end < 0) throw new Problem(SINGLE_QUOTE_ENDS);
    const text = this.#characters.slice(this.#at, end).join('');
    this.#at = end + 1;
    return text;
  }

  #doubleQuoted(): string {
    this.#at++;
    let text = '';
    for (let next = this.#peek(); next !== '"'; next = this.#peek()) {
      if (next === undefined) throw new Problem(DOUBLE_QUOTE_ENDS);
      if (next === '$') {
        text += this.#variable();
        continue;
      }
      this.#at++;
      const after = this.#peek();
      const { escape } = this.#expansion;
      const isEscaping = next === escape && (after === '"' || after === '$' || after === escape);
      text += isEscaping ? (this.#next() ?? '') : next;
    }
    this.#at++;
    return text;
  }

  #variable(): string {
    this.#at++;
    if (this.#peek() !== '{') {
      const name = this.#name();
      return name === '' ? '$' : (this.#expansion.variables.get(name) ?? '');
    }
    this.#at++;
    const first = this.#peek();
    if (first === undefined) throw new Problem(BRACE_ENDS);
    if (/[{}:]/.test(first)) throw new Problem('syntax error: bad substitution');
    const name = this.#name();
    const after = this.#next();
    if (after === '}') return this.#expansion.variables.get(name) ?? '';
    if (after !== ':') throw new Problem("missing ':' in substitution");
    return this.#substitution(name);
  }

  /** After `${name:`. */
  #substitution(name: string): string {
    const modifier = this.#next() ?? '';
    const word = this.upTo('}');
    const value = this.#expansion.variables.get(name);
    switch (modifier) {
      case '+':
        return value ? word : '';
      case '-':
        return value || word;
      case '?':
        if (value) return value;
        throw new Problem(
          `${name}: ${word || `is not allowed to be ${value === undefined ? 'unset' : 'empty'}`}`,
        );
      default:
        throw new Problem(`unsupported modifier (${modifier}) in substitution`);
    }
  }

  /** Letters, digits and underscores; digits alone; or one of the shell's own. */
  #name(): string {
    const rest = this.#characters.slice(this.#at).join('');
    const name = /^(?:\p{Nd}+|[@*#?!$-]|[\p{L}_][\p{L}\p{Nd}_]*)/u.exec(rest)?.[0] ?? '';
    this.#at += Array.from(name).length;
    return name;
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #next(): string | undefined {
    return this.#characters[this.#at++];
  }
}
