/** What an iterable gives, in a list. For what is known to be bounded. */
export async function collectAll<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}
