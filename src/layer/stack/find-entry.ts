import type { LayerEntry, LayerIndex } from '../index/layer-index';
import { followLinks } from './follow-links';

export interface FoundEntry {
  readonly entry: LayerEntry;
  /** The index of its position. */
  readonly index: LayerIndex;
}

/** An entry of a layer, by its path as the tar has it or, where the tar has none, as an engine places it: see `followLinks`. */
export function findEntry(layer: LayerIndex, path: string): FoundEntry | undefined {
  return findIn(layer, path) ?? findIn(followLinks(layer), path);
}

function findIn(index: LayerIndex, path: string): FoundEntry | undefined {
  const entry = index.find(path);
  return entry && { entry, index };
}
