import type { Digest } from '../../oci/digest';
import type { LibraryRow } from '../library/library-row';

/**
 * Bytes of layers, as stored, that go when the shown name of each of these rows is removed: an image with other names stays, and so does a
 * layer that an image which stays has as well.
 */
export function freedBytes(rows: readonly LibraryRow[], all: readonly LibraryRow[]): number {
  const gone = new Set(rows.filter(({ names }) => names.length < 2));
  const kept = new Set<Digest>();
  for (const row of all) {
    if (!gone.has(row)) for (const { digest } of row.layers) kept.add(digest);
  }
  const freed = new Map<Digest, number>();
  for (const { layers } of gone) {
    for (const { digest, size } of layers) if (!kept.has(digest)) freed.set(digest, size);
  }
  return [...freed.values()].reduce((sum, size) => sum + size, 0);
}
