import { toErrorRecord, type ErrorRecord } from '../../base/errors';
import type { Digest } from '../../oci/digest';
import {
  canonicalReference,
  parseReference,
  withDefaultTag,
  type Reference,
} from '../../oci/reference';
import { routeHash, type Route } from '../route';

/** What the address of the Pull page, or of one that looks without pulling, says is open; undefined where it says nothing that is a reference. */
export function openedReference(route: Route): Reference | undefined {
  const text = openedText(route);
  try {
    return text === undefined ? undefined : parseReference(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with what the address says is open, in docker's words; undefined where it says nothing, or a reference. */
export function openedMistake(route: Route): ErrorRecord | undefined {
  const text = openedText(route);
  if (text === undefined) return undefined;
  try {
    parseReference(text);
    return undefined;
  } catch (error) {
    return toErrorRecord(error);
  }
}

function openedText(route: Route): string | undefined {
  return route.page === 'pull' || route.page === 'remote' ? route.query.get('ref') : undefined;
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

/** Whether both stand for the same; one without a tag stands for `latest`. */
export function isSameReference(a: Reference, b: Reference): boolean {
  return canonicalReference(withDefaultTag(a)) === canonicalReference(withDefaultTag(b));
}
