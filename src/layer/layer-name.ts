/**
 * What a sentence calls a layer: `layer 3 (blobs/sha256/5c4e…)`. `position` is counted from 0, the base, as in the explorer and for `--layer`;
 * `place` says where its bytes are: a path in an archive, or a digest.
 */
export function layerName(position: number, place?: string): string {
  return place === undefined ? `layer ${position}` : `layer ${position} (${place})`;
}
