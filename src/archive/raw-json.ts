/** JSON text without the blanks outside its strings, HTML's characters escaped as Go's encoder does it; all else as it was written. */
export function compactJson(json: string): string {
  let compact = '';
  for (const part of json.match(/"(?:[^"\\]|\\.)*"|[^"\s]+/gs) ?? []) compact += part;
  return compact.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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
