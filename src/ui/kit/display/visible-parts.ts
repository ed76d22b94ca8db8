/** A run of text, or one character that a reader would not see or that would turn text around. */
export interface VisiblePart {
  readonly text: string;
  /** What the character is, in a form that can be seen: `\n`, `U+202E`; undefined for text. */
  readonly code?: string;
}

/** Controls, and what formats, breaks or turns text without being seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const UNSEEN_ALL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const SHORT: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\u001b': 'ESC',
};

/** Splits text so that whatever cannot be seen in it can be shown. Most text is one part. */
export function visibleParts(text: string): readonly VisiblePart[] {
  if (!UNSEEN.test(text)) return [{ text }];
  const parts: VisiblePart[] = [];
  let at = 0;
  for (const match of text.matchAll(UNSEEN_ALL)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index) });
    parts.push({ text: match[0], code: codeOf(match[0]) });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

/** The same as one string, for a tooltip or an accessible name. */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map((part) => part.code ?? part.text)
    .join('');
}

function codeOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return SHORT[character] ?? `U+${hex}`;
}
