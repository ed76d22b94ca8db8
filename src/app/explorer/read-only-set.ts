/** Sets that are replaced, never changed: for `$state.raw`. */

export function setOf<T>(...items: readonly T[]): ReadonlySet<T> {
  return new Set(items);
}

/** `set` and `items` together. */
export function withItems<T>(set: ReadonlySet<T>, items: Iterable<T>): ReadonlySet<T> {
  return new Set([...set, ...items]);
}

/** `set` without `items`. */
export function withoutItems<T>(set: ReadonlySet<T>, items: Iterable<T>): ReadonlySet<T> {
  const rest = new Set(set);
  for (const item of items) rest.delete(item);
  return rest;
}
