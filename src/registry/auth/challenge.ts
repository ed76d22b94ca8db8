/** One way to authenticate that a server offers. https://www.rfc-editor.org/rfc/rfc9110#name-www-authenticate */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const SPACE = /[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*/y;
/** Challenges that are read of one header; a server that sends more has something else in mind. */
const MAX_CHALLENGES = 16;

/** Reads a `WWW-Authenticate` header, which may hold several challenges. What cannot be read ends it. */
export function parseChallenges(header: string): readonly Challenge[] {
  return new HeaderReader(header).challenges();
}

class HeaderReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  challenges(): readonly Challenge[] {
    const found: Challenge[] = [];
    while (found.length < MAX_CHALLENGES) {
      this.#skipCommas();
      const scheme = this.#take(TOKEN);
      if (scheme === undefined) break;
      found.push({ scheme: scheme.toLowerCase(), parameters: this.#parameters() });
    }
    return found;
  }

  /** Up to the next scheme: a word that no `=` follows. */
  #parameters(): ReadonlyMap<string, string> {
    const parameters = new Map<string, string>();
    for (;;) {
      const start = this.#at;
      const parameter = this.#parameter();
      if (!parameter) {
        this.#at = start;
        // `Negotiate abc==`: one value without a name.
        if (parameters.size === 0) this.#skipToken68();
        return parameters;
      }
      parameters.set(...parameter);
    }
  }

  #parameter(): readonly [string, string] | undefined {
    this.#skipCommas();
    const name = this.#take(TOKEN);
    this.#take(SPACE);
    if (name === undefined || !this.#takeText('=')) return undefined;
    this.#take(SPACE);
    const value = this.#takeQuoted() ?? this.#take(TOKEN);
    return value === undefined ? undefined : [name.toLowerCase(), value];
  }

  #skipToken68(): void {
    const start = this.#at;
    this.#take(SPACE);
    this.#take(TOKEN68);
    this.#take(SPACE);
    if (this.#at < this.#text.length && this.#text[this.#at] !== ',') this.#at = start;
  }

  #skipCommas(): void {
    do this.#take(SPACE);
    while (this.#takeText(','));
  }

  #takeQuoted(): string | undefined {
    QUOTED.lastIndex = this.#at;
    const match = QUOTED.exec(this.#text);
    if (!match) return undefined;
    this.#at = QUOTED.lastIndex;
    return (match[1] ?? '').replaceAll(/\\(.)/g, '$1');
  }

  #takeText(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.#at = pattern.lastIndex;
    return match[0];
  }
}
