import { brokenByte, brokenCharacter, decodeGo, encodeGo } from './go-text';

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
]);

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const PRINTABLE_ASCII = /^[ -~]$/;

export interface QuoteOptions {
  /** What is not ASCII is escaped as well: `%+q`. */
  readonly ascii?: boolean;
}

/** Go's `%q` of a string. */
export function quote(text: string, options: QuoteOptions = {}): string {
  return quoted(text, '"', options);
}

/** Go's `%q` of a number: the character it stands for. */
export function quoteCharacter(character: string, options: QuoteOptions = {}): string {
  return quoted(character, "'", options);
}

/** Whether Go can write a string between backquotes: `strconv.CanBackquote`. */
export function canBackquote(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what it cannot
  return /^[^\u0000-\u0008\u000a-\u001f\u007f`\ufeff]*$/.test(text);
}

/** `strconv.IsPrint`. */
export function isPrintable(character: string): boolean {
  return PRINTABLE.test(character);
}

function quoted(text: string, mark: string, { ascii = false }: QuoteOptions): string {
  const printable = ascii ? PRINTABLE_ASCII : PRINTABLE;
  const escaped = Array.from(text, (character) =>
    character === mark ? `\\${mark}` : escapeUnless(printable, character),
  );
  return mark + escaped.join('') + mark;
}

function escapeUnless(printable: RegExp, character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  const byte = brokenByte(character);
  if (byte !== undefined) return `\\x${byte.toString(16)}`;
  if (printable.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

const ESCAPE =
  /\\(?:(?<name>[abfnrtv\\'"])|x(?<x>[0-9a-fA-F]{2})|u(?<u>[0-9a-fA-F]{4})|U(?<U>[0-9a-fA-F]{8})|(?<octal>[0-7]{3})|[^])/g;

const NAMED: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** The text of a Go string or character literal with its quotes; undefined where it is none. */
export function unquote(literal: string): string | undefined {
  const mark = literal.slice(0, 1);
  const body = literal.slice(1, -1);
  if (mark === '`') return body.replaceAll('\r', '');
  let text = '';
  let at = 0;
  for (const match of body.matchAll(ESCAPE)) {
    const character = unescape(match.groups ?? {}, mark);
    if (character === undefined) return undefined;
    text += body.slice(at, match.index) + character;
    at = match.index + match[0].length;
  }
  return decodeGo(encodeGo(text + body.slice(at)));
}

/** What an escape stands for in a literal between such quotes. */
function unescape(
  groups: Readonly<Partial<Record<string, string>>>,
  mark: string,
): string | undefined {
  const { name, x, u, U, octal } = groups;
  if (name !== undefined) {
    const isOtherQuote = (name === '"' || name === "'") && name !== mark;
    return isOtherQuote ? undefined : (NAMED.get(name) ?? name);
  }
  const digits = x ?? u ?? U ?? octal;
  if (digits === undefined) return undefined;
  const code = Number.parseInt(digits, octal === undefined ? 16 : 8);
  // In a string they are bytes, in a character's literal a character.
  const isByte = x !== undefined || octal !== undefined;
  if (isByte && code > 0xff) return undefined;
  if (isByte && mark === '"' && code >= 0x80) return brokenCharacter(code);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
