import { canonicalReference, parseReference, type Reference } from '../../oci/reference';
import { routeHash, type Route } from '../route';

/** What the Pull page's address says is open; undefined where it says nothing that is a reference. */
export function openedReference(route: Route): Reference | undefined {
  const text = route.page === 'pull' ? route.query.get('ref') : undefined;
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

export function isSameReference(a: Reference, b: Reference): boolean {
  return canonicalReference(a) === canonicalReference(b);
}
