import type { FileTree } from './file-tree';

export interface TreeOrder {
  readonly by: 'name' | 'size';
  readonly descending: boolean;
}

/** What of a tree is to be seen. */
export interface TreeView {
  /** 1 for directories that are open, by place. */
  readonly expanded: Uint8Array;
  /** 1 for what a filter leaves (with the directories that hold it), by place; everything without it. */
  readonly kept?: Uint8Array | undefined;
  readonly order: TreeOrder;
}

/**
 * Places of the rows of a tree, from top to bottom. Costs as much as there are rows, and entries directly in an open directory: no
 * entry is made.
 */
export function treeRows(tree: FileTree, view: TreeView): Uint32Array {
  return isPreorder(view.order) ? inPreorder(tree, view) : sorted(tree, view);
}

/** Places of a flat list: the entries that a filter matches, without the directories around them. */
export function flatRows(tree: FileTree, matches: Uint8Array, order: TreeOrder): Uint32Array {
  const rows = new Uint32Array(matches.reduce((sum, match) => sum + match, 0));
  let length = 0;
  for (let place = 0; place < tree.count; place++) if (matches[place] === 1) rows[length++] = place;
  if (order.by === 'size') rows.sort(bySize(tree, order));
  else if (order.descending) rows.reverse();
  return rows;
}

/** 1 for every place of `matches` and for every directory around one. */
export function withAncestors(tree: FileTree, matches: Uint8Array): Uint8Array {
  const kept = Uint8Array.from(matches);
  for (let place = tree.count - 1; place >= 0; place--) {
    const parent = tree.parents[place] ?? -1;
    if (kept[place] === 1 && parent >= 0) kept[parent] = 1;
  }
  return kept;
}

/** The place of the entry at `path` (as `LayerEntry.path`), undefined where there is none. */
export function placeOf({ source, nodes }: FileTree, path: string): number | undefined {
  const node = source.find(path);
  const place = node === undefined ? -1 : nodes.indexOf(node);
  return place < 0 ? undefined : place;
}

/** Rows as the columns have them. */
function inPreorder(tree: FileTree, { expanded, kept }: TreeView): Uint32Array {
  const rows = new Uint32Array(tree.count);
  let length = 0;
  for (let place = 0; place < tree.count;) {
    const isKept = !kept || kept[place] === 1;
    if (isKept) rows[length++] = place;
    place = isKept && expanded[place] === 1 ? place + 1 : (tree.ends[place] ?? tree.count);
  }
  return rows.slice(0, length);
}

/** Rows with the entries of each directory in another order than by name. */
function sorted(tree: FileTree, { expanded, kept, order }: TreeView): Uint32Array {
  const rows = new Uint32Array(tree.count);
  let length = 0;
  const compare = order.by === 'size' ? bySize(tree, order) : (a: number, b: number) => b - a;
  const children = (from: number, end: number): number[] => {
    const places: number[] = [];
    for (let place = from; place < end; place = tree.ends[place] ?? end) {
      if (!kept || kept[place] === 1) places.push(place);
    }
    // The last is taken first.
    return places.sort((a, b) => compare(b, a));
  };
  const open = [children(0, tree.count)];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const place = top.pop();
    if (place === undefined) {
      open.pop();
      continue;
    }
    rows[length++] = place;
    const end = tree.ends[place] ?? place + 1;
    if (expanded[place] === 1 && end > place + 1) open.push(children(place + 1, end));
  }
  return rows.slice(0, length);
}

function isPreorder({ by, descending }: TreeOrder): boolean {
  return by === 'name' && !descending;
}

/** By size; what is as large stays by name. */
function bySize({ sizes }: FileTree, { descending }: TreeOrder): (a: number, b: number) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => sign * ((sizes[a] ?? 0) - (sizes[b] ?? 0)) || a - b;
}
