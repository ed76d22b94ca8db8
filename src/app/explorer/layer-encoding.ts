import { declaredCompression } from '../../oci/media-types';
import type { ExploredLayer } from '../image/image-source';

/** How a layer is packed: what its media type says, and what its bytes are. */
export interface EncodingMismatch {
  readonly declared: string;
  readonly found: string;
}

/** Undefined where the two agree, or one of them is not known. */
export function encodingMismatch({
  descriptor,
  compression,
}: Pick<ExploredLayer, 'descriptor' | 'compression'>): EncodingMismatch | undefined {
  const declared = declaredCompression(descriptor.mediaType);
  if (declared === undefined || compression === undefined) return undefined;
  return declared === compression ? undefined : { declared, found: compression };
}
