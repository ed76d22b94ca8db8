/** Where the next `KEY=` begins: engines record `A=1 B=two words`, without the quotes that were there. */
const NEXT_KEY = / (?=[A-Za-z_][\w.\-/]*=)/;
/** What a Dockerfile would take apart, replace, or drop. */
const SPECIAL = /[\s"'\\$]/;

/**
 * The argument of ENV and LABEL as a Dockerfile has to write it: values that hold spaces or quotes in quotes, and what was recorded as it is
 * escaped, so that nothing is replaced a second time. Given back as it is where it is no list of `KEY=VALUE`, or where a value has a line
 * break, which no Dockerfile can write. A value that itself holds ` KEY=` cannot be told from two.
 * https://docs.docker.com/reference/dockerfile/#env
 */
export function quoteKeyValues(argument: string): string {
  const pairs = argument.split(NEXT_KEY);
  const isWritable = pairs.every((pair) => /^[A-Za-z_][\w.\-/]*=[^\r\n]*$/.test(pair));
  return isWritable ? pairs.map(quotePair).join(' ') : argument;
}

function quotePair(pair: string): string {
  const at = pair.indexOf('=') + 1;
  const value = pair.slice(at);
  // Somebody who wrote the history had quoted it already.
  if (!SPECIAL.test(value) || /^"(?:[^"\\]|\\.)*"$/.test(value)) return pair;
  return `${pair.slice(0, at)}"${value.replace(/["\\$]/g, String.raw`\$&`)}"`;
}
