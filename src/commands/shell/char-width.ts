/** East Asian wide and full-width characters, and emoji: what takes two columns of a terminal. */
const WIDE =
  /^(?:[\u1100-\u115F\u231A\u231B\u2329\u232A\u23E9-\u23EC\u23F0\u23F3\u25FD\u25FE\u2614\u2615\u2648-\u2653\u267F\u2693\u26A1\u26AA\u26AB\u26BD\u26BE\u26C4\u26C5\u26CE\u26D4\u26EA\u26F2\u26F3\u26F5\u26FA\u26FD\u2705\u270A\u270B\u2728\u274C\u274E\u2753-\u2755\u2757\u2795-\u2797\u27B0\u27BF\u2B1B\u2B1C\u2B50\u2B55\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{16FE0}-\u{18DFF}\u{1B000}-\u{1B2FF}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation})$/u;

const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u200B]$/u;

/** Columns of a terminal that a character takes, counting what combines as one: 1 or 2. */
export function charWidth(character: string): number {
  return character.length > 1 || character > '\u10FF' ? (WIDE.test(character) ? 2 : 1) : 1;
}

/** Columns of a terminal that a text takes; what combines or controls takes none. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7E]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += ZERO.test(character) ? 0 : charWidth(character);
  return width;
}

/** A text cut to `maxWidth` columns, the last of them an ellipsis where something was cut; `maxWidth` is 2 or more. */
export function ellipsis(text: string, maxWidth: number): string {
  const characters = Array.from(text);
  const widths = characters.map(charWidth);
  if (widths.reduce((sum, width) => sum + width, 0) <= maxWidth) return text;
  let width = 0;
  const end = widths.findIndex((each) => (width += each) > maxWidth - 1);
  return `${characters.slice(0, end).join('')}…`;
}
