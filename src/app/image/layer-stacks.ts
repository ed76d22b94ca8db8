import type { AbortOptions } from '../../base/task';
import type { Change } from '../../layer/stack/compare-layers';
import type { LinkFaults } from '../../layer/stack/link-faults';
import type { LayerIndex } from '../../layer/index/layer-index';
import type { FileTree } from '../explorer/file-tree';

/** `layer`: what one layer did. `stack`: the filesystem up to it. `final`: the filesystem that a container gets. */
export type ViewMode = 'layer' | 'stack' | 'final';

export interface ViewRequest {
  readonly mode: ViewMode;
  /** Position of the layer; without effect on `final`. */
  readonly layer: number;
  /** What is known of each layer so far, base first. */
  readonly indexes: readonly (LayerIndex | undefined)[];
  /** How many layers, from the base on, are known to their end. */
  readonly knownThrough: number;
  /** True when no more is to be learned of any layer. */
  readonly isComplete: boolean;
}

/** A filesystem ready to be shown. */
export interface LayerView {
  readonly mode: ViewMode;
  readonly layer: number;
  readonly tree: FileTree;
  /** Entries by what happened to them; undefined where the view does not compare, or cannot yet. */
  readonly counts: Readonly<Record<Change, number>> | undefined;
  /** Layers that the view should hold and that have not been read to their end. */
  readonly missing: number;
  /** Of the layer; none where they are not looked for. */
  readonly linkFaults: LinkFaults;
  /** As the index of the layer counts them; 0 in views of several layers. */
  readonly replacedEntries: number;
}

/** Builds views of an image's layers, and keeps the last few filesystems that it stacked. */
export interface LayerStacks {
  /** Rejects with the signal's reason when it aborts. Undefined where nothing of what is asked for is known yet. */
  view(request: ViewRequest, options: AbortOptions): Promise<LayerView | undefined>;
  /** Entries of the filesystem that these layers make. */
  fileCount(indexes: readonly LayerIndex[], options: AbortOptions): Promise<number>;
}
