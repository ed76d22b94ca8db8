import {
  compareLayers,
  type Change,
  type LayerChanges,
  type LayerStacks,
} from '../../layer/stack/compare-layers';
import type { LayerEntry } from '../../layer/index/layer-index';
import type { TreeSource } from '../explorer/tree-source';

/** What a layer did to the filesystem below it, as the tree shows it. */
export interface ChangedLayer {
  /** The filesystem with the layer, and in it what the layer removed. */
  readonly source: TreeSource;
  readonly counts: Readonly<Record<Change, number>>;
}

/** Compares a filesystem with the one below its last layer, pausing (yielding) every few hundred entries. */
export function* compareLayer(stacks: LayerStacks): Generator<void, ChangedLayer> {
  const changes = yield* compareLayers(stacks);
  return { source: changeSource(stacks, changes), counts: changes.counts };
}

/** Nodes are positions in `after`, and behind them positions in `below`. */
function changeSource({ below, after }: LayerStacks, changes: LayerChanges): TreeSource {
  const { removed } = changes;
  const first = after.entryCount;
  const entryOf = (node: number): LayerEntry =>
    node < first ? after.at(node) : below.at(node - first);
  const children = (directory: number | undefined): ArrayLike<number> => {
    const path = directory === undefined ? '' : entryOf(directory).path;
    const gone = removed.get(path)?.map((position) => first + position) ?? [];
    const stayed = after.childPositions(path);
    if (gone.length === 0) return stayed;
    const named = [...stayed, ...gone].map((node) => ({ node, path: entryOf(node).path }));
    return named.sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ node }) => node);
  };
  return {
    count: first + [...removed.values()].reduce((sum, nodes) => sum + nodes.length, 0),
    children,
    find(path) {
      const position = after.find(path)?.position;
      if (position !== undefined) return position;
      const gone = below.find(path);
      const isGone = gone && (removed.get(parentOf(path))?.includes(gone.position) ?? false);
      return isGone ? first + gone.position : undefined;
    },
    isDirectory: (node) => entryOf(node).type === 'dir',
    sizeOf: (node) => (node < first ? after.sizeAt(node) : below.sizeAt(node - first)),
    changeOf: (node) => (node < first ? changes.changeAt(node) : 'removed'),
    entryOf,
  };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
