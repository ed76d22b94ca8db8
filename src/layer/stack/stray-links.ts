import { Kind, kindOf } from '../index/entry-columns';
import type { LayerIndex } from '../index/layer-index';
import { followLinks } from './follow-links';
import { HardlinkResolver } from './hardlinks';

/** Rows between two pauses. */
const STEP = 1024;

/**
 * How many hardlinks of a layer lead to nothing in it, pausing (yielding) every so many rows. Where a lower layer has the target, an engine
 * that keeps layers apart (overlay2) refuses the image all the same; where none has, every engine does. The spec leaves such links
 * undefined: https://github.com/opencontainers/image-spec/blob/main/layer.md#additional-layer-attributes
 */
export function* countStrayLinks(layer: LayerIndex): Generator<void, number> {
  const { columns } = followLinks(layer);
  const resolver = new HardlinkResolver([columns]);
  let count = 0;
  for (let row = 0; row < columns.rowCount; row++) {
    if (row % STEP === 0) yield;
    if (kindOf(columns, row) !== Kind.hardlink) continue;
    if (!resolver.resolve({ layer: 0, row })) count++;
  }
  return count;
}
