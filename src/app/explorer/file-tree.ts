import { CHANGES, type Change } from '../../layer/stack/compare-layers';
import type { LayerEntry } from '../../layer/index/layer-index';
import type { TreeSource } from './tree-source';

/**
 * A whole filesystem in columns, in preorder: a directory stands right before all that is in it, siblings by name. A place in it is an
 * index into the columns; the entry itself is made only for what is shown. Built once per view; 300,000 entries take some 10 MB.
 */
export interface FileTree {
  readonly source: TreeSource;
  readonly count: number;
  /** The source's node. */
  readonly nodes: Uint32Array;
  /** Where what is in an entry ends: one past the last place in it. */
  readonly ends: Uint32Array;
  /** Place of the directory that holds it; −1 at the top. */
  readonly parents: Int32Array;
  /** From 0. */
  readonly depths: Uint16Array;
  /** Bytes of content; of a directory all that is in it, but for what the layer removed. */
  readonly sizes: Float64Array;
  /** What happened to the entry itself: 0, or one more than a position in CHANGES. */
  readonly changes: Uint8Array;
  /** What is shown beside it: as `changes`; a directory that stayed counts as modified where something in it changed. */
  readonly marks: Uint8Array;
  /** 1 for directories. */
  readonly directories: Uint8Array;
}

/** Places between two chances to stop for a frame. */
const STEP = 2000;

/** Deeper than any path a layer may hold is long (`LIMITS.tarNameBytes` of one-letter names). */
const MAX_DEPTH = 4096;

/** Builds the tree of a source, pausing (yielding) every few thousand entries. */
export function* growTree(source: TreeSource): Generator<void, FileTree> {
  const columns = allocate(source.count);
  let count = 0;
  /** Directories that are open: the rest of their children, and their own place. */
  const open: { children: ArrayLike<number>; next: number; place: number }[] = [
    { children: source.children(undefined), next: 0, place: -1 },
  ];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    if (top.next >= top.children.length) {
      if (top.place >= 0) columns.ends[top.place] = count;
      open.pop();
      continue;
    }
    const node = top.children[top.next++] ?? 0;
    const place = count++;
    if (place >= columns.nodes.length) grow(columns);
    columns.nodes[place] = node;
    columns.parents[place] = top.place;
    columns.depths[place] = open.length - 1;
    columns.ends[place] = count;
    columns.sizes[place] = source.sizeOf(node);
    columns.changes[place] = changeCode(source.changeOf(node));
    if (source.isDirectory(node)) {
      columns.directories[place] = 1;
      if (open.length < MAX_DEPTH) open.push({ children: source.children(node), next: 0, place });
    }
    if (place % STEP === STEP - 1) yield;
  }
  const tree = { source, count, ...trim(columns, count) };
  addUp(tree);
  return tree;
}

/** The entry at a place. */
export function entryAt({ source, nodes }: FileTree, place: number): LayerEntry {
  return source.entryOf(nodes[place] ?? 0);
}

/** The change that a code of the columns stands for. */
export function changeOfCode(code: number): Change | undefined {
  return CHANGES[code - 1];
}

/** 0 for what did not change, else one more than its position in CHANGES. */
export function changeCode(change: Change | undefined): number {
  return change === undefined ? 0 : CHANGES.indexOf(change) + 1;
}

type Columns = {
  -readonly [Key in Exclude<keyof FileTree, 'source' | 'count'>]: FileTree[Key];
};

function allocate(count: number): Columns {
  return {
    nodes: new Uint32Array(count),
    ends: new Uint32Array(count),
    parents: new Int32Array(count),
    depths: new Uint16Array(count),
    sizes: new Float64Array(count),
    changes: new Uint8Array(count),
    marks: new Uint8Array(0),
    directories: new Uint8Array(count),
  };
}

/** Doubles the columns: a source may know no more than about how many entries it has. */
function grow(columns: Columns): void {
  const larger = allocate(Math.max(1024, columns.nodes.length * 2));
  larger.nodes.set(columns.nodes);
  larger.ends.set(columns.ends);
  larger.parents.set(columns.parents);
  larger.depths.set(columns.depths);
  larger.sizes.set(columns.sizes);
  larger.changes.set(columns.changes);
  larger.directories.set(columns.directories);
  Object.assign(columns, larger);
}

function trim(columns: Columns, count: number): Columns {
  return {
    nodes: columns.nodes.subarray(0, count),
    ends: columns.ends.subarray(0, count),
    parents: columns.parents.subarray(0, count),
    depths: columns.depths.subarray(0, count),
    sizes: columns.sizes.subarray(0, count),
    changes: columns.changes.subarray(0, count),
    marks: new Uint8Array(count),
    directories: columns.directories.subarray(0, count),
  };
}

const ADDED = changeCode('added');
const MODIFIED = changeCode('modified');
const REMOVED = changeCode('removed');

/** Sizes and marks of directories, from the last place to the first: what is in a directory comes after it. */
function addUp({ count, parents, sizes, changes, marks, directories }: FileTree): void {
  for (let place = count - 1; place >= 0; place--) {
    const change = changes[place] ?? 0;
    // A directory's own mark says more than what is in it only where it came or went.
    const holdsChange = marks[place] !== 0;
    marks[place] =
      directories[place] === 1 && holdsChange && change !== ADDED && change !== REMOVED
        ? MODIFIED
        : change;
    const parent = parents[place] ?? -1;
    if (parent < 0) continue;
    if (change !== REMOVED || changes[parent] === REMOVED) {
      sizes[parent] = (sizes[parent] ?? 0) + (sizes[place] ?? 0);
    }
    if (marks[place] !== 0) marks[parent] = MODIFIED;
  }
}
