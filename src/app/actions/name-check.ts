import { isCoded, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { checkTarget } from '../../image/tag';
import { familiarReference, type Reference } from '../../oci/reference';
import type { LibraryRow } from '../library/library-row';

/** What is to be said of a name as far as it is typed. */
export type NameCheck =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'wrong'; readonly why: ErrorRecord }
  | {
      readonly kind: 'right';
      readonly reference: Reference;
      /** As people write it, the tag filled in. */
      readonly name: string;
      /** `moves`: another image has the name, of this short ID. */
      readonly standing: 'free' | 'same' | { readonly movesFrom: string };
    };

/** Checks a name for the image of `row`, or for one that is yet to be. `rows` are all that are here. */
export function checkName(
  text: string,
  rows: readonly LibraryRow[],
  row?: Pick<LibraryRow, 'key'>,
): NameCheck {
  const typed = text.trim();
  if (typed === '' || typed.endsWith(':') || typed.endsWith('/')) return { kind: 'incomplete' };
  try {
    const reference = checkTarget(typed);
    const name = familiarReference(reference);
    const holder = rows.find(({ names }) => names.some((each) => each.text === name));
    const standing =
      holder === undefined
        ? 'free'
        : holder.key === row?.key
          ? 'same'
          : { movesFrom: holder.shortId };
    return { kind: 'right', reference, name, standing };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { kind: 'wrong', why: toErrorRecord(error) };
  }
}
