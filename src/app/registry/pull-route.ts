import type { Digest } from '../../oci/digest';
import { canonicalReference, parseReference, type Reference } from '../../oci/reference';
import { routeHash, type Route } from '../route';

/** What the address of the Pull page, or of one that looks without pulling, says is open; undefined where it says nothing that is a reference. */
export function openedReference(route: Route): Reference | undefined {
  const text =
    route.page === 'pull' || route.page === 'remote' ? route.query.get('ref') : undefined;
  try {
    return text === undefined ? undefined : parseReference(text);
  } catch {
    return undefined;
  }
}

/** The address under which the Pull page opens a reference. */
export function pullHash(reference: Reference): string {
  const query = new Map([['ref', canonicalReference(reference)]]);
  return routeHash({ page: 'pull', query });
}

/** The address under which a reference is looked at without pulling it, at one of its platforms where that is told. */
export function inspectHash(reference: Reference, manifest?: Digest): string {
  const ref = ['ref', canonicalReference(reference)] as const;
  const query = new Map(manifest === undefined ? [ref] : [ref, ['manifest', manifest]]);
  return routeHash({ page: 'remote', tab: 'files', query });
}

export function isSameReference(a: Reference, b: Reference): boolean {
  return canonicalReference(a) === canonicalReference(b);
}
