/** A word of a shell command as written, quotes included. */
interface WrittenWord {
  readonly text: string;
  /** Blanks before it; a tab counts as many. */
  readonly gap: number;
}

/**
 * The words of a shell command, split at blanks outside quotes, substitutions and escapes: between any two of them a line may end with
 * a backslash. Text whose quotes do not close is one word from there on.
 */
export function splitWords(text: string): readonly WrittenWord[] {
  const words: WrittenWord[] = [];
  for (let at = 0; at < text.length;) {
    const start = skipBlanks(text, at);
    if (start >= text.length) break;
    const end = wordEnd(text, start);
    const gap = text.slice(at, start).includes('\t') ? 8 : start - at;
    words.push({ text: text.slice(start, end), gap });
    at = end;
  }
  return words;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

function wordEnd(text: string, start: number): number {
  /** Closing characters that are awaited, innermost last. */
  const open: string[] = [];
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? '';
    const closing = open.at(-1);
    if (char === '\\' && closing !== "'") at++;
    else if (char === closing) open.pop();
    else if (closing === "'") continue;
    else if (char === '`' || (char === '"' && closing !== '"')) open.push(char);
    else if (char === "'" && closing !== '"') open.push(char);
    else if (text.startsWith('$(', at) || text.startsWith('${', at)) {
      open.push(text[at + 1] === '(' ? ')' : '}');
      at++;
    } else if (open.length === 0 && (char === ' ' || char === '\t')) return at;
  }
  return text.length;
}
