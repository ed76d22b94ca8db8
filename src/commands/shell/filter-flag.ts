/**
 * A `--filter` as docker's client normalises it: `name=value`, the name in lower case, both without blanks around them. Empty for an empty
 * text, undefined where there is no `=`.
 */
export function parseFilter(text: string): string | undefined {
  if (text === '') return '';
  const equals = text.indexOf('=');
  if (equals < 0) return undefined;
  return `${text.slice(0, equals).trim().toLowerCase()}=${text.slice(equals + 1).trim()}`;
}

/** Values by filter name, each value once. */
export function groupFilters(filters: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const filter of filters) {
    const equals = filter.indexOf('=');
    const name = filter.slice(0, equals);
    const value = filter.slice(equals + 1);
    const values = groups.get(name) ?? [];
    if (!values.includes(value)) values.push(value);
    groups.set(name, values);
  }
  return groups;
}
