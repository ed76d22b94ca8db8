import { isCoded } from '../../base/errors';
import { familiarName, familiarReference, parseReference } from '../../oci/reference';

/** A name of an image in the parts that a screen sets apart. */
export interface ImageName {
  /** `ghcr.io/acme/`; empty for an official image. */
  readonly path: string;
  /** `checkout-api` */
  readonly repository: string;
  /** `2.14.0`; empty for a name by digest. */
  readonly tag: string;
  /** As people write it: `ghcr.io/acme/checkout-api:2.14.0`. */
  readonly text: string;
}

/** The parts of a name. What does not parse as one is shown as it is. */
export function imageName(text: string): ImageName {
  try {
    const reference = parseReference(text);
    const name = familiarName(reference);
    const cut = name.lastIndexOf('/') + 1;
    return {
      path: name.slice(0, cut),
      repository: name.slice(cut),
      tag: reference.tag ?? '',
      text: familiarReference(reference),
    };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { path: '', repository: text, tag: '', text };
  }
}
