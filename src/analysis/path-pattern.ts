/** What a user typed to find paths. */
export type PathPattern =
  /** Part of a path, in any case. */
  | { readonly kind: 'text'; readonly text: string }
  /** `*`, `?` and `[a-z]` within a name, `**` across names; without a slash it is about the last name alone. */
  | { readonly kind: 'glob'; readonly glob: string }
  /** `/…/` with flags behind it: a JavaScript regular expression, over the whole path. */
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  /** A regular expression that is none. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** Undefined for what finds everything: nothing but blanks. */
export function parsePathPattern(typed: string): PathPattern | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  const [, source, flags] = /^\/(.+)\/([dgimsuvy]*)$/.exec(text) ?? [];
  if (source !== undefined && flags !== undefined && looksLikeRegex(source, flags)) {
    return checkedRegex(source, flags);
  }
  if (/[*?]|\[.+\]/.test(text)) return { kind: 'glob', glob: text.replace(/^\/+/, '') };
  return { kind: 'text', text: text.replace(/^\/+/, '').toLowerCase() };
}

/** Whether a path matches, for the patterns that take time in proportion to their length. A regular expression runs elsewhere. */
export function pathMatcher(
  pattern: Extract<PathPattern, { kind: 'text' | 'glob' }>,
): (path: string) => boolean {
  if (pattern.kind === 'text') {
    const { text } = pattern;
    return (path) => path.toLowerCase().includes(text);
  }
  const glob = parseGlob(pattern.glob);
  if (pattern.glob.includes('/')) return (path) => matchesGlob(glob, path);
  return (path) => matchesGlob(glob, path.slice(path.lastIndexOf('/') + 1));
}

/** `/usr/lib/` is a path typed in full, not the regular expression `usr/lib`. */
function looksLikeRegex(source: string, flags: string): boolean {
  return flags !== '' || /[\\^$.*+?()[\]{}|]/.test(source) || !source.includes('/');
}

function checkedRegex(source: string, flags: string): PathPattern {
  try {
    // A path is one line and matched once: flags that keep a position between matches make no sense.
    const kept = flags.replace(/[gy]/g, '');
    new RegExp(source, kept);
    return { kind: 'regex', source, flags: kept };
  } catch (error) {
    return { kind: 'invalid', reason: error instanceof Error ? error.message : String(error) };
  }
}

type GlobPart =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    }
  /** `*`, or `**` where it crosses slashes. */
  | { readonly kind: 'star'; readonly crosses: boolean };

function parseGlob(glob: string): readonly GlobPart[] {
  const parts: GlobPart[] = [];
  const chars = Array.from(glob);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    const end = char === '[' ? chars.indexOf(']', at + 2) : -1;
    if (char === '*') {
      const crosses = chars[at + 1] === '*';
      if (crosses) {
        at++;
        // `**/` finds what lies at the top as well.
        if (chars[at + 1] === '/') at++;
      }
      parts.push({ kind: 'star', crosses });
    } else if (end > 0) {
      parts.push(parseSet(chars.slice(at + 1, end)));
      at = end;
    } else parts.push(char === '?' ? { kind: 'any' } : { kind: 'char', char });
  }
  return parts;
}

function parseSet(chars: readonly string[]): GlobPart {
  const negated = chars[0] === '!' || chars[0] === '^';
  const ranges: (readonly [string, string])[] = [];
  for (let at = negated ? 1 : 0; at < chars.length; at++) {
    const from = chars[at] ?? '';
    const to = chars[at + 1] === '-' ? chars[at + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) at += 2;
  }
  return { kind: 'set', negated, ranges };
}

/**
 * All places of the glob that the text so far may have come to, moved on by one character at a time: time is the product of both
 * lengths at most, whatever the glob.
 */
function matchesGlob(glob: readonly GlobPart[], text: string): boolean {
  let reached = new Uint8Array(glob.length + 1);
  reached[0] = 1;
  skipStars(glob, reached);
  for (const char of text) {
    const next = new Uint8Array(glob.length + 1);
    let alive = false;
    for (let at = 0; at < glob.length; at++) {
      const part = glob[at];
      if (reached[at] !== 1 || !part || !takes(part, char)) continue;
      next[part.kind === 'star' ? at : at + 1] = 1;
      alive = true;
    }
    if (!alive) return false;
    skipStars(glob, next);
    reached = next;
  }
  return reached[glob.length] === 1;
}

/** A star may stand for nothing. */
function skipStars(glob: readonly GlobPart[], reached: Uint8Array): void {
  for (let at = 0; at < glob.length; at++) {
    if (reached[at] === 1 && glob[at]?.kind === 'star') reached[at + 1] = 1;
  }
}

function takes(part: GlobPart, char: string): boolean {
  switch (part.kind) {
    case 'char':
      return part.char === char;
    case 'any':
      return char !== '/';
    case 'star':
      return part.crosses || char !== '/';
    case 'set':
      return (
        char !== '/' &&
        part.ranges.some(([from, to]) => char >= from && char <= to) !== part.negated
      );
  }
}
