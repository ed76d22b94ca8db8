import { CommandError } from '../errors';

/** One simple command of a POSIX shell. */
export interface ShellLine {
  readonly words: readonly string[];
  /** NAME of `< NAME`, as written; the last where there are several. */
  readonly input?: string;
  /** NAME of `> NAME`. */
  readonly output?: string;
}

/** Exit code of a shell for a line that it cannot read. */
const SYNTAX_EXIT_CODE = 2;

/**
 * Splits a command line as a POSIX shell does: words, single and double quotes, backslashes, `< NAME` and `> NAME`. Patterns (`*`, `?`,
 * `[`) stand for themselves, as where no file matches them. Comments are passed over, as are lines with nothing else. Whatever else a shell understands throws `syntax` and says so.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_03
 */
export function splitShellLine(text: string): ShellLine {
  return new ShellLexer(text).read();
}

class ShellLexer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): ShellLine {
    const words: string[] = [];
    const files: { input?: string; output?: string } = {};
    // Comments stand above a command, too.
    this.#at = /^(?:\s*#[^\n]*\n)*/.exec(this.#text)?.[0].length ?? 0;
    for (;;) {
      this.#skipBlanks();
      const character = this.#text[this.#at];
      if (character === undefined) return { words, ...files };
      if (character === '<') files.input = this.#redirection(/^<[<>&(]/, '<');
      else if (character === '>') files.output = this.#redirection(/^>[>&|(]/, '>');
      else words.push(this.#word(words.length === 0));
    }
  }

  #skipBlanks(): void {
    while (/^(?:[ \t]|\\\n)/.test(this.#rest(2))) this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    if (this.#isIdleFromHere()) this.#at = this.#text.length;
  }

  /** Blanks and comments alone follow. A comment begins where a word could: within one, `#` is a character as any. */
  #isIdleFromHere(): boolean {
    return /^\s*(?:#[^\n]*(?:\n\s*|$))*$/.test(this.#text.slice(this.#at));
  }

  #redirection(unsupported: RegExp, operator: '<' | '>'): string {
    const match = unsupported.exec(this.#rest(2));
    if (match) throw notSupported(match[0]);
    this.#at++;
    this.#skipBlanks();
    const next = this.#text[this.#at];
    if (next === undefined || next === '<' || next === '>') {
      throw syntaxError(`syntax error: ${operator} needs the name of a file`);
    }
    return this.#word(false);
  }

  /** Reads up to the next blank or redirection. */
  #word(isFirst: boolean): string {
    const start = this.#at;
    let word = '';
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || /[ \t<>]/.test(character)) break;
      if (character === "'") word += this.#singleQuoted();
      else if (character === '"') word += this.#doubleQuoted();
      else if (character === '\\') word += this.#escaped();
      else if (character === '\n' && this.#isIdleFromHere()) break;
      else word += this.#plain(character);
    }
    const written = this.#text.slice(start, this.#at);
    if (/^\d+$/.test(written) && /[<>]/.test(this.#text[this.#at] ?? '')) {
      throw notSupported(written + (this.#text[this.#at] ?? ''));
    }
    if (isFirst && /^[A-Za-z_]\w*=/.test(written)) throw notSupported(written);
    return word;
  }

  #plain(character: string): string {
    if (character === '|' || character === '&') {
      throw notSupported(this.#text[this.#at + 1] === character ? character.repeat(2) : character);
    }
    if (character === '\n') throw notSupported('a second line');
    if (/[;()]/.test(character)) throw notSupported(character);
    const dollarQuote = /^\$['"]/.exec(this.#rest(2));
    if (dollarQuote) throw notSupported(dollarQuote[0]);
    this.#refuseExpansion();
    this.#at++;
    return character;
  }

  #escaped(): string {
    const next = this.#text[this.#at + 1];
    if (next === undefined) throw syntaxError('syntax error: nothing follows the last backslash');
    this.#at += 2;
    return next === '\n' ? '' : next;
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw syntaxError("syntax error: a quote (') is not closed");
    const content = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return content;
  }

  #doubleQuoted(): string {
    let content = '';
    for (this.#at++; this.#text[this.#at] !== '"'; this.#at++) {
      const character = this.#text[this.#at];
      if (character === undefined) throw syntaxError('syntax error: a quote (") is not closed');
      if (character !== '\\') {
        this.#refuseExpansion();
        content += character;
        continue;
      }
      // In double quotes a backslash escapes these five alone, and stays before any other.
      const next = this.#text[this.#at + 1] ?? '';
      if ('$`"\\\n'.includes(next) && next !== '') {
        content += next === '\n' ? '' : next;
        this.#at++;
      } else content += character;
    }
    this.#at++;
    return content;
  }

  /** `$x`, `${x}`, `$(…)` and backquotes mean something to a shell; a `$` before anything else stands for itself. */
  #refuseExpansion(): void {
    const match = /^(?:\$(?:\w+|[{(@*#?!$-])|`)/.exec(this.#rest(80));
    if (match) throw notSupported(match[0]);
  }

  #rest(length: number): string {
    return this.#text.slice(this.#at, this.#at + length);
  }
}

function notSupported(what: string): CommandError {
  return syntaxError(
    `syntax error: ${what} is not supported here; a line is one command with words, quotes, < NAME and > NAME`,
  );
}

function syntaxError(message: string): CommandError {
  return new CommandError('syntax', message, { exitCode: SYNTAX_EXIT_CODE });
}
