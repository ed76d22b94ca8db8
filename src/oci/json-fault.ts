import { encodeUtf8, utf8LengthAt } from '../base/bytes';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const WORDS = ['true', 'false', 'null'].map(encodeUtf8);

/**
 * Where bytes stop being JSON: the first byte that cannot stand where it does, their length where they end too early; undefined for JSON.
 * Browsers tell it each in their own words or not at all. Nesting must have been bounded before.
 */
export function jsonFault(bytes: Uint8Array): number | undefined {
  const scanner = new JsonScanner(bytes);
  return scanner.document() ? undefined : scanner.at;
}

/** What each method reads is there, or `at` is where it is not. https://www.rfc-editor.org/rfc/rfc8259 */
class JsonScanner {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    if (BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte)) this.at = BYTE_ORDER_MARK.length;
  }

  document(): boolean {
    if (!this.#value()) return false;
    this.#blanks();
    return this.at === this.#bytes.length;
  }

  get #byte(): number | undefined {
    return this.#bytes[this.at];
  }

  #value(): boolean {
    this.#blanks();
    const byte = this.#byte;
    if (byte === QUOTE) return this.#string();
    if (byte === 0x7b) return this.#list(0x7d, () => this.#member());
    if (byte === 0x5b) return this.#list(0x5d, () => this.#value());
    if (byte === MINUS || isDigit(byte)) return this.#number();
    const word = WORDS.find((each) => each[0] === byte);
    return word?.every((letter) => this.#take(letter)) ?? false;
  }

  #list(end: number, item: () => boolean): boolean {
    this.at++;
    this.#blanks();
    if (this.#take(end)) return true;
    do {
      if (!item()) return false;
      this.#blanks();
    } while (this.#take(COMMA));
    return this.#take(end);
  }

  #member(): boolean {
    this.#blanks();
    if (this.#byte !== QUOTE || !this.#string()) return false;
    this.#blanks();
    return this.#take(COLON) && this.#value();
  }

  #string(): boolean {
    this.at++;
    while (this.#byte !== QUOTE) {
      if (!(this.#byte === BACKSLASH ? this.#escape() : this.#character())) return false;
    }
    this.at++;
    return true;
  }

  #character(): boolean {
    const length = (this.#byte ?? 0) < 0x20 ? 0 : utf8LengthAt(this.#bytes, this.at);
    this.at += length;
    return length > 0;
  }

  #escape(): boolean {
    this.at++;
    if (this.#takeAny('"\\/bfnrt')) return true;
    return this.#takeAny('u') && [1, 2, 3, 4].every(() => this.#takeAny('0123456789abcdefABCDEF'));
  }

  #number(): boolean {
    this.#take(MINUS);
    if (!this.#takeAny('0') && !this.#digits()) return false;
    if (this.#take(POINT) && !this.#digits()) return false;
    if (!this.#takeAny('eE')) return true;
    this.#takeAny('+-');
    return this.#digits();
  }

  #digits(): boolean {
    const start = this.at;
    while (isDigit(this.#byte)) this.at++;
    return this.at > start;
  }

  #blanks(): void {
    while (this.#takeAny(' \t\n\r'));
  }

  #take(byte: number): boolean {
    const isThere = this.#byte === byte;
    if (isThere) this.at++;
    return isThere;
  }

  #takeAny(characters: string): boolean {
    const byte = this.#byte;
    return byte !== undefined && characters.includes(String.fromCharCode(byte)) && this.#take(byte);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
