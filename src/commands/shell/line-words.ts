/** A word or a redirection sign of a line that is being typed. */
export interface LineWord {
  readonly kind: 'word' | 'operator';
  /** Half-open range of the line, quotes included. */
  readonly start: number;
  readonly end: number;
  /** What a shell would hand on: without quotes and backslashes. */
  readonly text: string;
}

/**
 * The words of a line as far as it is typed. Unlike `splitShellLine` it refuses nothing: a quote that is not closed goes to the end of the
 * line, and what a shell would expand stands for itself.
 */
export function lineWords(line: string): readonly LineWord[] {
  const words: LineWord[] = [];
  let at = 0;
  while (at < line.length) {
    const character = line.charAt(at);
    if (/\s/.test(character)) at++;
    else if (character === '<' || character === '>') {
      words.push({ kind: 'operator', start: at, end: ++at, text: character });
    } else {
      const word = readWord(line, at);
      words.push(word);
      at = word.end;
    }
  }
  return words;
}

function readWord(line: string, start: number): LineWord {
  let text = '';
  let at = start;
  while (at < line.length && !/[\s<>]/.test(line.charAt(at))) {
    const character = line.charAt(at);
    if (character === '\\') {
      text += line.charAt(at + 1);
      at += 2;
    } else if (character === '"' || character === "'") {
      const end = closingQuote(line, at);
      const quoted = line.slice(at + 1, end);
      text += character === '"' ? quoted.replace(/\\([$`"\\])/g, '$1') : quoted;
      at = end + 1;
    } else {
      text += character;
      at++;
    }
  }
  return { kind: 'word', start, end: Math.min(at, line.length), text };
}

/** Where the quote that opens at `open` is closed; the end of the line where it is not. */
function closingQuote(line: string, open: number): number {
  const quote = line.charAt(open);
  for (let at = open + 1; at < line.length; at++) {
    if (quote === '"' && line.charAt(at) === '\\') at++;
    else if (line.charAt(at) === quote) return at;
  }
  return line.length;
}
