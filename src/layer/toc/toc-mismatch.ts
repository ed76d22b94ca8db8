import type { Digest } from '../../oci/digest';
import { LayerError } from '../errors';

/** The error for a table of contents, or a content, that is not the one that was meant. */
export function tocMismatch(
  what: string,
  sides: { readonly found: Digest; readonly expected: Digest },
): LayerError {
  return new LayerError(
    'digest-mismatch',
    `${what} is damaged or not what it is said to be: its digest is ${sides.found}, not ${sides.expected}.`,
    { detail: { what, ...sides } },
  );
}
