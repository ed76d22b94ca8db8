const TOKEN = /"(?:[^"\\]|\\.)*"|[^\s"[\]{},:]+|[[\]{},:]/gs;
const HTML = /[<>&\u2028\u2029]/g;

export interface IndentOptions {
  /** Stands before every line but the first. */
  readonly prefix?: string;
  /** Whether `<`, `>` and `&` are escaped, as where Go's encoder takes JSON into other JSON. */
  readonly escapesHtml?: boolean;
}

/**
 * JSON as it is written, but for the blanks: a tab for each level, as Go's `json.Indent` does it. Keys, order and digits stay. `json` has been
 * parsed before.
 */
export function indentJson(
  json: string,
  { prefix = '', escapesHtml = false }: IndentOptions = {},
): string {
  let text = '';
  let depth = 0;
  let isEmpty = false;
  const newLine = (): string => `\n${prefix}${'\t'.repeat(depth)}`;
  for (const token of json.match(TOKEN) ?? []) {
    const closes = token === '}' || token === ']';
    if (closes) depth--;
    if (closes ? !isEmpty : isEmpty) text += newLine();
    isEmpty = token === '{' || token === '[';
    if (isEmpty) depth++;
    text += escapesHtml ? token.replaceAll(HTML, escaped) : token;
    if (token === ':') text += ' ';
    else if (token === ',') text += newLine();
  }
  return text;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
