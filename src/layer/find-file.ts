import { LayerError } from './errors';
import { Kind, kindOf, locationOf } from './index/entry-columns';
import type { ContentLocation, LayerIndex } from './index/layer-index';
import { notAFile } from './not-a-file';
import { followLinks } from './stack/follow-links';
import { HardlinkResolver } from './stack/hardlinks';

/** Where a file's content lies: in which layer, and where in its tar. */
export interface FoundFile {
  readonly layer: number;
  /** By which that layer is asked for the file. */
  readonly path: string;
  readonly location: ContentLocation;
}

/** An image's layers, the base first, as far as they are known. */
type KnownLayers = readonly (LayerIndex | undefined)[];

/**
 * Finds the content of a layer's file. Hardlinks are followed, in the layer and below it; without `layers` below it, such a link is said to
 * lead to nothing. `path` is as the tar has it or as an engine places it. Throws `no-such-path` and `not-a-file`.
 */
export function findFile(layers: KnownLayers, layer: number, path: string): FoundFile {
  const found = findIn(layers, layer, path) ?? findIn(layers.map(place), layer, path);
  if (found) return found;
  const entry = layers[layer]?.find(path);
  if (entry) throw notAFile(entry);
  throw new LayerError('no-such-path', `There is no "${path}".`, { detail: { path } });
}

function place(layer: LayerIndex | undefined): LayerIndex | undefined {
  return layer && followLinks(layer);
}

function findIn(layers: KnownLayers, layer: number, path: string): FoundFile | undefined {
  const entry = layers[layer]?.find(path);
  if (!entry || entry.whiteout) return undefined;
  const target = new HardlinkResolver(layers).resolve({ layer, row: entry.position });
  const rows = target && layers[target.layer]?.tarRows;
  if (!target || !rows || kindOf(rows, target.row) !== Kind.file) return undefined;
  return {
    layer: target.layer,
    // What replaced the target may have its path.
    path: target.layer === layer ? path : rows.paths.text(target.row),
    location: locationOf(rows, target.row),
  };
}
