import type { Change } from '../../layer/stack/compare-layers';
import type { LayerEntry } from '../../layer/index/layer-index';

/** A filesystem as the tree asks for it. A node is a number of the source's own choice. */
export interface TreeSource {
  /** Entries there are, or about as many. */
  readonly count: number;
  /** Nodes directly in a directory, of the root for undefined; by name, bytewise. */
  children(directory: number | undefined): ArrayLike<number>;
  /** The node of a path, as `LayerEntry.path` has it. */
  find(path: string): number | undefined;
  isDirectory(node: number): boolean;
  /** Bytes of content; 0 for all but files. */
  sizeOf(node: number): number;
  changeOf(node: number): Change | undefined;
  entryOf(node: number): LayerEntry;
}
