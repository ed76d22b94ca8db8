import type { Descriptor } from '../oci/descriptor';
import { parseReference, withDefaultTag, type Reference } from '../oci/reference';

const CONTAINERD_NAME = 'io.containerd.image.name';
const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * The name that a descriptor of index.json gives an image, undefined where it gives none. containerd writes a full one. What the spec has,
 * `ref.name`, holds a full name, a name with a tag, a tag alone, or free text: a word alone is a tag of nobody knows what, so it names
 * nothing. https://github.com/opencontainers/image-spec/blob/main/annotations.md
 */
export function nameOf({ annotations }: Descriptor): Reference | undefined {
  const full = annotations?.get(CONTAINERD_NAME);
  const named = full === undefined ? undefined : tryParse(full);
  if (named) return named;
  const refName = annotations?.get(REF_NAME);
  return refName !== undefined && /[/:]/.test(refName) ? tryParse(refName) : undefined;
}

/** What a descriptor of index.json is called, whether or not it makes a name; empty where it has no annotation for it. */
export function labelOf({ annotations }: Descriptor): string {
  return annotations?.get(CONTAINERD_NAME) ?? annotations?.get(REF_NAME) ?? '';
}

/** A reference with a tag; undefined for what is no reference, or names a digest. */
function tryParse(text: string): Reference | undefined {
  try {
    const { digest, ...reference } = withDefaultTag(parseReference(text));
    return digest === undefined || reference.tag !== undefined ? reference : undefined;
  } catch {
    return undefined;
  }
}
