import { lineWords, type LineWord } from '../../commands/shell/line-words';

/** A run of a command's output: text, a name or ID that leads to its image, or a character that cannot be seen. */
export interface OutputSpan {
  readonly text: string;
  readonly href?: string;
  /** Not seen as it is: its code is shown. */
  readonly isHidden?: boolean;
}

/** What switches a terminal's colours and weights, which docker writes into a tree's headings. */
// eslint-disable-next-line no-control-regex -- a control character begins it
const STYLE = /\u001b\[[\d;]*m/g;

/** Output without a terminal's styles. */
export function withoutStyles(output: string): string {
  return output.replace(STYLE, '');
}

/** IDs; words that may be names or digests; characters that are not seen or that turn text around, but for ends of lines and tabs. */
const PARTS =
  /\b(?:sha256:[0-9a-f]{64}|[0-9a-f]{12})\b(?![:/@])|[a-z0-9][\w.-]*[:/@][\w./:@-]*\w|[\p{Cf}\p{Zl}\p{Zp}]|[^\P{Cc}\n\r\t]/gu;
const HIDDEN = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]$/u;

/**
 * Output with the IDs and names that `hrefOf` knows set apart. Hex that is no image's stays text. What a hostile image puts in to make
 * text read otherwise than it is, is set apart, too.
 */
export function outputSpans(
  text: string,
  hrefOf: (word: string) => string | undefined,
): readonly OutputSpan[] {
  const spans: OutputSpan[] = [];
  let end = 0;
  for (const { 0: part, index } of text.matchAll(PARTS)) {
    const href = hrefOf(part);
    const isHidden = HIDDEN.test(part);
    if (href === undefined && !isHidden) continue;
    if (index > end) spans.push({ text: text.slice(end, index) });
    spans.push(isHidden || href === undefined ? { text: part, isHidden } : { text: part, href });
    end = index + part.length;
  }
  if (end < text.length) spans.push({ text: text.slice(end) });
  return spans;
}

/** Lines of an answer that are shown at first, and from how many on the rest is folded: a few more than that are not. */
const FOLDED_LINES = 40;
const MOST_UNFOLDED = 60;
/** Lines that are laid out together: those out of sight are not. */
const CHUNK_LINES = 200;

/** Some lines of output. */
export interface OutputChunk {
  readonly text: string;
  readonly lines: number;
}

/** Output cut for display: chunks, and how many lines are folded away. */
export interface FoldedOutput {
  readonly chunks: readonly OutputChunk[];
  readonly hidden: number;
}

/** Cuts output into chunks of lines; long output is folded to its beginning unless `isUnfolded`. */
export function foldOutput(text: string, isUnfolded: boolean): FoldedOutput {
  const lines = text.replace(/\n$/, '').split('\n');
  const isFolded = !isUnfolded && lines.length > MOST_UNFOLDED;
  const shown = isFolded ? FOLDED_LINES : lines.length;
  const chunks: OutputChunk[] = [];
  for (let at = 0; at < shown; at += CHUNK_LINES) {
    const part = lines.slice(at, Math.min(at + CHUNK_LINES, shown));
    chunks.push({ text: part.join('\n'), lines: part.length });
  }
  return { chunks, hidden: lines.length - shown };
}

/** A word of a typed line, for its colour. */
export interface LineToken {
  readonly kind: 'word' | 'flag' | 'value' | 'operator' | 'space';
  readonly text: string;
}

/** The words, flags, values and redirections of a typed line. Nothing is interpreted: joined, the tokens are the line. */
export function lineTokens(line: string): readonly LineToken[] {
  const tokens: LineToken[] = [];
  let end = 0;
  for (const word of lineWords(line)) {
    if (word.start > end) tokens.push({ kind: 'space', text: line.slice(end, word.start) });
    tokens.push(...wordTokens(word, line.slice(word.start, word.end)));
    end = word.end;
  }
  if (end < line.length) tokens.push({ kind: 'space', text: line.slice(end) });
  return tokens;
}

/** A flag that has its value in the same word is two tokens. */
function wordTokens({ kind, text }: LineWord, written: string): readonly LineToken[] {
  if (kind === 'operator') return [{ kind: 'operator', text: written }];
  if (text.startsWith('-') && text.length > 1) {
    const equals = written.indexOf('=') + 1;
    if (equals === 0) return [{ kind: 'flag', text: written }];
    const value: LineToken[] =
      equals < written.length ? [{ kind: 'value', text: written.slice(equals) }] : [];
    return [{ kind: 'flag', text: written.slice(0, equals) }, ...value];
  }
  return [{ kind: /[='"]/.test(written) ? 'value' : 'word', text: written }];
}
