import type { AbortOptions } from '../base/task';
import type { LayerIndex } from '../layer/layer-index';
import { mergeLayers } from '../layer/merge-layers';
import type { MergedFilesystem } from '../layer/merged-filesystem';
import { growTree } from './file-tree';
import type { LayerStacks, LayerView, ViewRequest } from './layer-stacks';
import { tableSource } from './table-source';
import { inSlices, nextFrame } from './time-slices';
import type { TreeSource } from './tree-source';

/** Filesystems that are kept: below a layer, with it, and the final one. */
const KEPT = 4;

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
    const source =
      mode === 'layer' && own ? tableSource(own) : tableSource(await this.#stack(known, options));
    const tree = await this.#grow(source, options);
    const missing = isComplete ? 0 : asked.length - known.length;
    return { mode, layer, tree, counts: undefined, missing };
  }

  async fileCount(indexes: readonly LayerIndex[], options: AbortOptions): Promise<number> {
    return (await this.#stack(indexes, options)).entryCount;
  }

  async #grow(source: TreeSource, options: AbortOptions): Promise<LayerView['tree']> {
    return inSlices(growTree(source), options);
  }

  async #stack(layers: readonly LayerIndex[], { signal }: AbortOptions): Promise<MergedFilesystem> {
    const found = this.#kept.find(({ layers: kept }) => isSame(kept, layers));
    if (found) {
      this.#kept = [...this.#kept.filter((other) => other !== found), found];
      return found.filesystem;
    }
    await nextFrame();
    signal?.throwIfAborted();
    const filesystem = mergeLayers(layers);
    this.#kept = [...this.#kept, { layers, filesystem }].slice(-KEPT);
    return filesystem;
  }
}

function isSame(a: readonly LayerIndex[], b: readonly LayerIndex[]): boolean {
  return a.length === b.length && a.every((layer, i) => layer === b[i]);
}
