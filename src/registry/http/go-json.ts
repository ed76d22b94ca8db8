import { quoteCharacter } from '../../base/go-quote';
import type { JsonValue } from '../../base/errors';

const WORDS = ['true', 'false', 'null'];

/** What Go's decoder says of a text that is no JSON, as far as its first value goes. https://pkg.go.dev/encoding/json#SyntaxError */
export function goSyntaxError(text: string): string {
  const body = text.trim();
  if (body === '') return 'unexpected end of JSON input';
  const word = WORDS.find((each) => each.charAt(0) === body.charAt(0));
  if (word !== undefined && !body.startsWith(word)) return wordError(body, word);
  const [value] = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?=\s|[^\d.eE]))\s*/.exec(body) ?? [];
  if (value !== undefined) return invalid(body.slice(value.length), 'after top-level value');
  return /^[[{"\d-]/.test(body)
    ? 'unexpected end of JSON input'
    : invalid(body, 'looking for beginning of value');
}

/** What it says of a value in the place of an object with a list of errors. */
export function goTypeError(json: JsonValue): string {
  const kind = Array.isArray(json) ? 'array' : typeof json === 'boolean' ? 'bool' : typeof json;
  return `json: cannot unmarshal ${kind} into Go value of type struct { Errors []errcode.Error }`;
}

function wordError(body: string, word: string): string {
  const at = Array.from(word).findIndex((letter, i) => body[i] !== letter);
  if (at >= body.length) return 'unexpected end of JSON input';
  return invalid(
    body.slice(at),
    `in literal ${word} (expecting ${quoteCharacter(word.charAt(at))})`,
  );
}

function invalid(rest: string, where: string): string {
  const [character = ''] = rest;
  return `invalid character ${quoteCharacter(character)} ${where}`;
}
