import type { JsonValue } from '../base/errors';
import { isArray, isObject } from '../oci/json';

/**
 * JSON as Go's encoder writes it, byte for byte: an image ID is the digest of such bytes. Keys stay in the order they are given in;
 * `<`, `>`, `&` and the line separators are escaped.
 */
export function goJson(value: JsonValue): string {
  if (typeof value === 'string') return goString(value);
  if (isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(([key, item]) => `${goString(key)}:${goJson(item)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

function goString(text: string): string {
  return escapeHtml(JSON.stringify(text)).replaceAll(/\\(.)/g, (escape, letter) => {
    if (letter === 'b') return '\\u0008';
    return letter === 'f' ? '\\u000c' : escape;
  });
}

function escapeHtml(json: string): string {
  return json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** JSON text without the blanks outside its strings, escaped as Go does it; all else as it was written. */
export function compactGoJson(json: string): string {
  let compact = '';
  for (const part of json.match(/"(?:[^"\\]|\\.)*"|[^"\s]+/gs) ?? []) compact += part;
  return escapeHtml(compact);
}

/**
 * The members of a JSON object as they are written, so that what passes through keeps its digits and its order. Of a key that repeats,
 * the last counts. `json` has been parsed before: it is valid, and an object.
 */
export function rawMembers(json: string): Map<string, string> {
  const members = new Map<string, string>();
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;
  let depth = 0;
  let key: string | undefined;
  let valueAt = 0;
  for (let match = token.exec(json); match; match = token.exec(json)) {
    const [text] = match;
    if (depth === 1 && key === undefined && text.startsWith('"')) key = String(JSON.parse(text));
    else if (depth === 1 && text === ':') valueAt = token.lastIndex;
    if (text === '{' || text === '[') depth++;
    else if (text === '}' || text === ']') depth--;
    const ends = (depth === 1 && text === ',') || (depth === 0 && text === '}');
    if (!ends || key === undefined) continue;
    members.set(key, json.slice(valueAt, match.index).trim());
    key = undefined;
  }
  return members;
}
