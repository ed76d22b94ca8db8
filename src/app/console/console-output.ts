import { lineWords, type LineWord } from '../../commands/shell/line-words';
import type { ConsoleLinks } from './console-links';
import { namePlaces, type OutputTable } from './output-names';

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

/** A stretch that is set apart. */
interface Mark extends Omit<OutputSpan, 'text'> {
  readonly start: number;
  readonly end: number;
}

/**
 * Output with the IDs and names set apart that lead somewhere. Hex that is no image's stays text. What a hostile image puts in to make
 * text read otherwise than it is, is set apart, too.
 */
export function outputSpans(
  text: string,
  links: ConsoleLinks,
  table?: OutputTable,
): readonly OutputSpan[] {
  const spans: OutputSpan[] = [];
  let at = 0;
  for (const { start, end, ...mark } of marksOf(text, links, table)) {
    if (start < at) continue;
    if (start > at) spans.push({ text: text.slice(at, start) });
    spans.push({ text: text.slice(start, end), ...mark });
    at = end;
  }
  if (at < text.length) spans.push({ text: text.slice(at) });
  return spans;
}

/** In the order of the text; of two at one place the one that is known by its place comes first. */
function marksOf(
  text: string,
  links: ConsoleLinks,
  table: OutputTable | undefined,
): readonly Mark[] {
  const placed = namePlaces(text, table).flatMap(({ start, end, name }): Mark[] => {
    const href = links.leadOf(name);
    return href === undefined ? [] : [{ start, end, href }];
  });
  const words = [...text.matchAll(PARTS)].flatMap(({ 0: part, index: start }): Mark[] => {
    const end = start + part.length;
    if (HIDDEN.test(part)) return [{ start, end, isHidden: true }];
    const href = links.imageOf(part);
    return href === undefined ? [] : [{ start, end, href }];
  });
  return [...placed, ...words].sort((a, b) => a.start - b.start);
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
