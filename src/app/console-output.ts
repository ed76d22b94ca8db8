/** A run of a command's output: text, or an image ID that leads to its image. */
export interface OutputSpan {
  readonly text: string;
  readonly href?: string;
}

const ID = /\b(?:sha256:[0-9a-f]{64}|[0-9a-f]{12})\b/g;

/** What switches a terminal's colours and weights, which docker writes into a tree's headings. */
// eslint-disable-next-line no-control-regex -- a control character begins it
const STYLE = /\u001b\[[\d;]*m/g;

/** Output with the IDs that `hrefOf` knows set apart, and without a terminal's styles. Hex that is no image's stays text. */
export function linkIds(
  output: string,
  hrefOf: (id: string) => string | undefined,
): readonly OutputSpan[] {
  const text = output.replace(STYLE, '');
  const spans: OutputSpan[] = [];
  let end = 0;
  for (const match of text.matchAll(ID)) {
    const href = hrefOf(match[0]);
    if (href === undefined) continue;
    if (match.index > end) spans.push({ text: text.slice(end, match.index) });
    spans.push({ text: match[0], href });
    end = match.index + match[0].length;
  }
  if (end < text.length) spans.push({ text: text.slice(end) });
  return spans;
}

/** A word of a typed line, for its colour. */
export interface LineToken {
  readonly kind: 'word' | 'flag' | 'operator' | 'space';
  readonly text: string;
}

/** The words, flags and redirections of a typed line. Nothing is interpreted: joined, the tokens are the line. */
export function lineTokens(line: string): readonly LineToken[] {
  const parts = line.match(/\s+|[<>]|(?:"[^"]*"?|'[^']*'?|[^\s<>"'])+/g) ?? [];
  return parts.map((text) => {
    if (text.trim() === '') return { kind: 'space', text };
    if (text === '<' || text === '>') return { kind: 'operator', text };
    return { kind: text.startsWith('-') && text.length > 1 ? 'flag' : 'word', text };
  });
}
