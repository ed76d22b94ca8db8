import { nextTask } from '../../base/next-task';
import type { AbortOptions } from '../../base/task';
import type { LayerIndex } from '../../layer/index/layer-index';
import { mergeInSteps } from '../../layer/stack/merge-layers';
import { countLinkFaults } from '../../layer/stack/link-faults';
import type { MergedFilesystem } from '../../layer/stack/merged-filesystem';
import { compareLayer, type ChangedLayer } from './changed-layer';
import { growTree } from '../explorer/file-tree';
import type { LayerStacks, LayerView, ViewRequest } from './layer-stacks';
import { tableSource } from '../explorer/table-source';
import { inSlices } from '../explorer/time-slices';

/** Filesystems that are kept: below a layer, with it, and the final one. */
const KEPT = 4;
const NO_FAULTS = { stray: 0, early: 0 };

/** Stacks layers in the page, a slice at a time. */
export class StackedLayers implements LayerStacks {
  /** The last used comes last. */
  #kept: { readonly layers: readonly LayerIndex[]; readonly filesystem: MergedFilesystem }[] = [];

  async view(request: ViewRequest, options: AbortOptions): Promise<LayerView | undefined> {
    const { mode, layer, indexes, isComplete } = request;
    const top = mode === 'final' ? indexes.length - 1 : layer;
    const asked = indexes.slice(0, top + 1);
    const known = asked.filter((index) => index !== undefined);
    const own = indexes[layer];
    if (mode === 'layer' ? !own : known.length === 0 && indexes.length > 0) return undefined;
    const isComparable = mode === 'layer' && own && request.knownThrough > layer;
    const { source, counts } = isComparable
      ? await this.#compare(own, known, options)
      : {
          source: tableSource(mode === 'layer' && own ? own : await this.#stack(known, options)),
          counts: undefined,
        };
    const tree = await inSlices(growTree(source), options);
    const missing = isComplete ? 0 : asked.length - known.length;
    const linkFaults = isComparable ? await inSlices(countLinkFaults(own), options) : NO_FAULTS;
    const replacedEntries = mode === 'layer' && own ? own.replacedEntries : 0;
    return { mode, layer, tree, counts, missing, linkFaults, replacedEntries };
  }

  async fileCount(indexes: readonly LayerIndex[], options: AbortOptions): Promise<number> {
    return (await this.#stack(indexes, options)).entryCount;
  }

  /** What the last of `layers` did to those below it. */
  async #compare(
    own: LayerIndex,
    layers: readonly LayerIndex[],
    options: AbortOptions,
  ): Promise<ChangedLayer> {
    const below = await this.#stack(layers.slice(0, -1), options);
    const after = await this.#stack(layers, options);
    return inSlices(compareLayer({ own, below, after }), options);
  }

  async #stack(layers: readonly LayerIndex[], options: AbortOptions): Promise<MergedFilesystem> {
    const found = this.#kept.find(({ layers: kept }) => isSame(kept, layers));
    if (found) {
      this.#kept = [...this.#kept.filter((other) => other !== found), found];
      return found.filesystem;
    }
    await nextTask();
    options.signal?.throwIfAborted();
    const filesystem = await inSlices(mergeInSteps(layers), options);
    this.#kept = [...this.#kept, { layers, filesystem }].slice(-KEPT);
    return filesystem;
  }
}

function isSame(a: readonly LayerIndex[], b: readonly LayerIndex[]): boolean {
  return a.length === b.length && a.every((layer, i) => layer === b[i]);
}
