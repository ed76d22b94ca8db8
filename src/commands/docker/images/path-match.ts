/**
 * Go's path.Match: `*` and `?` stop at a slash, `[a-z]` and `[^a]` are classes, a backslash escapes. Undefined for a malformed pattern.
 * https://pkg.go.dev/path#Match
 */
export function compilePathPattern(pattern: string): RegExp | undefined {
  let source = '';
  for (let rest = pattern; rest !== '';) {
    const token = /^(?:\*|\?|\[\^?(?:\\[^]|[^\\\]])(?:\\[^]|[^\\\]])*\]|\\[^]|[^[\\])/su.exec(
      rest,
    )?.[0];
    const part = token === undefined ? undefined : translate(token);
    if (token === undefined || part === undefined) return undefined;
    source += part;
    rest = rest.slice(token.length);
  }
  return new RegExp(`^${source}$`, 'su');
}

function translate(token: string): string | undefined {
  if (token === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  if (token.startsWith('[')) return translateClass(token);
  return escape(token.replace(/^\\(?=[^])/u, ''));
}

function translateClass(token: string): string | undefined {
  const isNegated = token.startsWith('[^');
  const body = token.slice(isNegated ? 2 : 1, -1);
  let source = '';
  for (let rest = body; rest !== '';) {
    const range = /^(\\[^]|[^\\-])(?:-(\\[^]|[^\\-]))?/su.exec(rest);
    if (!range) return undefined;
    const [whole, low = '', high] = range;
    const [from, to] = [low, high ?? low].map((each) => each.replace(/^\\/, ''));
    if (from === undefined || to === undefined || from > to) return undefined;
    source += `${escapeInClass(from)}-${escapeInClass(to)}`;
    rest = rest.slice(whole.length);
  }
  return `[${isNegated ? '^' : ''}${source}]`;
}

function escape(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

function escapeInClass(character: string): string {
  return character.replace(/[\\^\]-]/g, String.raw`\$&`);
}
