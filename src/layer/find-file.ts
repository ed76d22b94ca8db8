import { LIMITS } from '../base/limits';
import { LayerError } from './errors';
import type { LayerIndex } from './index/layer-index';
import { notAFile } from './not-a-file';

/**
 * The position of the file that a path of one layer means, through hard links within that layer. Throws `no-such-path`, and `not-a-file` for a
 * link that leads out of the layer; whether it is a file, `LayerIndex.locate` says.
 */
export function findFile(index: LayerIndex, path: string): number {
  let entry = index.find(path);
  if (!entry) throw new LayerError('no-such-path', `There is no "${path}".`, { detail: { path } });
  for (let hops = 0; entry.type === 'hardlink' && hops < LIMITS.linkHops; hops++) {
    const target = index.find(entry.linkname.replace(/^(?:\.?\/)+/, ''));
    if (!target) throw notAFile(entry);
    entry = target;
  }
  return entry.position;
}
