import type { Platform } from '../../oci/platform';
import type { PlanStore } from '../../image/removal/removal-plan';
import type { LibraryRow } from '../library/library-row';
import { wordOf } from '../library/row-words';

/** What the figure is worked out from. */
export interface FreedBytesParts {
  readonly store: PlanStore;
  readonly platform: Platform;
}

/**
 * Bytes, as stored, that go when the shown name of each of these rows is removed: what the question before a removal tells, worked out in
 * the same way. Undefined where the store cannot be read: there is no figure then.
 */
export async function freedBytes(
  rows: readonly LibraryRow[],
  { store, platform }: FreedBytesParts,
): Promise<number | undefined> {
  try {
    // The list is shown before anybody chooses in it.
    const { planRemoval } = await import('../../image/removal/removal-plan');
    const { freed } = await planRemoval(store, { words: rows.map(wordOf), platform });
    return freed.bytes;
  } catch {
    return undefined;
  }
}
