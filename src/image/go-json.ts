/** JSON whose objects keep their order, and whose keys may look like numbers. */
export type OrderedJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly OrderedJson[]
  | { readonly [Symbol.iterator]: () => IterableIterator<[string, OrderedJson]> };

export interface GoJsonOptions {
  /** Blanks for a level; the text is one line where it is 0 or not said. */
  readonly indent?: number;
  /** Whether `<`, `>` and `&` are written as `\u003c`…, which Go's encoder does unless it is told not to. */
  readonly escapeHtml?: boolean;
  /** Whether halves of characters are bytes that are not UTF-8, as of a template's strings. */
  readonly hasBytes?: boolean;
  /** Go before 1.22, engine 20.10's, has no `\\b` and `\\f`. */
  readonly oldEscapes?: boolean;
}

/** The text that Go's encoding/json makes of a value. */
export function goJson(value: OrderedJson, options: GoJsonOptions = {}): string {
  return write(value, options, '\n');
}

/** What stands for a byte until it is written: no text has it. */
const BROKEN = '\udc80';

/** A string as Go's encoding/json quotes it. */
export function goJsonString(text: string, options: GoJsonOptions = {}): string {
  // Most texts have nothing to escape.
  if (/^[\w :./@+=,-]*$/.test(text)) return `"${text}"`;
  // Halves of characters are rare, and looking for them character by character is slow.
  const whole = /[\ud800-\udfff]/.test(text)
    ? text.replace(/\p{Surrogate}/gu, options.hasBytes ? BROKEN : '\ufffd')
    : text;
  const escaped = whole
    // eslint-disable-next-line no-control-regex -- control characters are what has to be escaped
    .replace(/["\\\u0000-\u001f<>&\u2028\u2029]/g, (character: string) =>
      escapeOf(character, options),
    );
  return `"${options.hasBytes ? escaped.replaceAll(BROKEN, String.raw`\ufffd`) : escaped}"`;
}

const HTML: ReadonlySet<string> = new Set(['<', '>', '&']);
const NEW_ESCAPES: ReadonlySet<string> = new Set(['\b', '\f']);
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map(
  ['"', '\\', '\n', '\r', '\t', '\b', '\f'].map((character) => [
    character,
    JSON.stringify(character).slice(1, -1),
  ]),
);

function escapeOf(character: string, { escapeHtml, oldEscapes }: GoJsonOptions): string {
  if (!escapeHtml && HTML.has(character)) return character;
  const short = oldEscapes && NEW_ESCAPES.has(character) ? undefined : SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function write(value: OrderedJson, options: GoJsonOptions, lineFeed: string): string {
  if (typeof value === 'string') return goJsonString(value, options);
  if (typeof value === 'bigint') return String(value);
  if (Object.is(value, -0)) return '-0';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const deeper = lineFeed + ' '.repeat(options.indent ?? 0);
  const place = { options, lineFeed, deeper };
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const item of value as readonly OrderedJson[]) parts.push(write(item, options, deeper));
    return bracket('[', parts, ']', place);
  }
  const colon = options.indent ? ': ' : ':';
  for (const [key, member] of value as Iterable<[string, OrderedJson]>) {
    parts.push(goJsonString(key, options) + colon + write(member, options, deeper));
  }
  return bracket('{', parts, '}', place);
}

function bracket(
  open: string,
  items: readonly string[],
  close: string,
  {
    options,
    lineFeed,
    deeper,
  }: { readonly options: GoJsonOptions; readonly lineFeed: string; readonly deeper: string },
): string {
  if (items.length === 0) return open + close;
  return options.indent
    ? open + deeper + items.join(`,${deeper}`) + lineFeed + close
    : open + items.join(',') + close;
}
