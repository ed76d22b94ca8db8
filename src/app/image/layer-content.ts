import { LIMITS } from '../../base/limits';
import { LayerError } from '../../layer/errors';
import type { ContentLocation, LayerIndex } from '../../layer/index/layer-index';

/** Where a file's content lies: in which layer, and where in its tar. */
export interface FoundContent {
  readonly layer: number;
  /** Of the entry that holds it, as that layer has it. */
  readonly path: string;
  readonly location: ContentLocation;
}

/**
 * Finds the content of a layer's file. A hardlink leads to another path of its layer or, where that is not there, of a lower one.
 * Throws `no-such-path` and `not-a-file`.
 */
export function findContent(
  indexAt: (layer: number) => LayerIndex | undefined,
  layer: number,
  path: string,
): FoundContent {
  let at = { layer, path };
  for (let hop = 0; hop <= LIMITS.linkHops; hop++) {
    const found = lookUp(indexAt, at.layer, at.path);
    if (!found) break;
    if (found.entry.type !== 'hardlink') {
      const { layer: holder, index, entry } = found;
      return { layer: holder, path: entry.path, location: index.locate(entry.position) };
    }
    at = { layer: found.layer, path: found.entry.linkname.replace(/^(?:\.?\/)+/, '') };
    // A link to its own path means the one that a lower layer has.
    if (at.path === found.entry.path) at = { ...at, layer: found.layer - 1 };
  }
  throw new LayerError('no-such-path', `There is no file "${path}" in layer ${layer}.`, {
    detail: { path, layer },
  });
}

function lookUp(
  indexAt: (layer: number) => LayerIndex | undefined,
  from: number,
  path: string,
):
  | { layer: number; index: LayerIndex; entry: NonNullable<ReturnType<LayerIndex['find']>> }
  | undefined {
  for (let layer = from; layer >= 0; layer--) {
    const index = indexAt(layer);
    const entry = index?.find(path);
    if (index && entry && !entry.whiteout) return { layer, index, entry };
  }
  return undefined;
}
