import { Kind, kindOf } from '../index/entry-columns';
import type { LayerIndex } from '../index/layer-index';
import { followLinks } from './follow-links';
import { HardlinkResolver } from './hardlinks';

/** Rows between two pauses. */
const STEP = 1024;

/**
 * Hardlinks of a layer with which engines refuse an image. Links whose target only a lower layer has are left undefined by the spec, and
 * refused by engines that keep layers apart (overlay2): https://github.com/opencontainers/image-spec/blob/main/layer.md#additional-layer-attributes
 */
export interface LinkFaults {
  /** Those that lead to nothing in their layer. */
  readonly stray: number;
  /** Those whose target comes only later in the tar: engines make each entry as it comes, and find nothing to link to. */
  readonly early: number;
}

/** Counts them, pausing (yielding) every so many rows. */
export function* countLinkFaults(layer: LayerIndex): Generator<void, LinkFaults> {
  const placed = followLinks(layer);
  const { columns } = placed;
  const resolver = new HardlinkResolver([placed]);
  let stray = 0;
  let early = 0;
  for (let row = 0; row < columns.rowCount; row++) {
    if (row % STEP === 0) yield;
    if (kindOf(columns, row) !== Kind.hardlink) continue;
    const link = { layer: 0, row };
    if (!resolver.resolve(link)) stray++;
    else if (resolver.isEarly(link)) early++;
  }
  return { stray, early };
}
