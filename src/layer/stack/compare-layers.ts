import type { LayerEntry, LayerIndex } from '../index/layer-index';
import type { MergedFilesystem } from './merged-filesystem';
import { isSameInode, isSameKind } from './same-entry';

/** What a layer may do to an entry, in the order of their chips. `metadata`: same content, other mode, owner, time or attributes. */
export const CHANGES = ['added', 'modified', 'metadata', 'removed'] as const;
export type Change = (typeof CHANGES)[number];

/** A layer between what is below it and what comes of both. */
export interface LayerStacks {
  /** The layer itself, the last of `after`. */
  readonly own: LayerIndex;
  readonly below: MergedFilesystem;
  readonly after: MergedFilesystem;
}

/** What a layer did to the filesystem below it. */
export interface LayerChanges {
  readonly counts: Readonly<Record<Change, number>>;
  /** What happened to the entry at a position of `after`; undefined for one that stayed as it was. */
  changeAt(position: number): Change | undefined;
  /** Positions in `below` of what the layer removed, by the directory that they were in. */
  readonly removed: ReadonlyMap<string, readonly number[]>;
}

/** Entries between two chances to stop for a frame. */
const STEP = 500;

/** Compares a filesystem with the one below its last layer, pausing (yielding) every few hundred entries. */
export function* compareLayers(stacks: LayerStacks): Generator<void, LayerChanges> {
  const counts = { added: 0, modified: 0, metadata: 0, removed: 0 };
  const codes = yield* changesOf(stacks, counts);
  const removed = yield* removedBy(stacks);
  for (const positions of removed.values()) counts.removed += positions.length;
  return { counts, removed, changeAt: (position) => CHANGES[(codes[position] ?? 0) - 1] };
}

/** By position in `after`: 0, or one more than a position in CHANGES. */
function* changesOf(
  { own, below, after }: LayerStacks,
  counts: Record<Change, number>,
): Generator<void, Uint8Array> {
  const codes = new Uint8Array(after.entryCount);
  const top = after.layers.length - 1;
  for (let position = 0; position < after.entryCount; position++) {
    if (position % STEP === STEP - 1) yield;
    const layer = after.layerOf(position);
    // A directory that no layer has an entry for came with the first that has something in it.
    const isImplied = layer === undefined;
    if (layer !== top && !isImplied) continue;
    const entry = after.at(position);
    const before = below.entryCount > 0 ? below.find(entry.path) : undefined;
    if (before && isImplied) continue;
    const change = before ? changeBetween(before, entry, { own, below, after }) : 'added';
    if (!change) continue;
    codes[position] = CHANGES.indexOf(change) + 1;
    counts[change]++;
  }
  return codes;
}

/** What happened to an entry that both have; undefined for one that the layer stores again as it was. */
function changeBetween(
  before: LayerEntry,
  entry: LayerEntry,
  { own, below, after }: LayerStacks,
): Change | undefined {
  const isSame =
    isSameKind(before, entry) &&
    (entry.type !== 'file' ||
      isSameHash(below.hashAt(before.position), after.hashAt(entry.position)));
  if (!isSame) return 'modified';
  const isUnchanged =
    isSameInode(before, entry) &&
    isSameMap(below.xattrs(before.position), ownAttributes(own, entry.path));
  return isUnchanged ? undefined : 'metadata';
}

function isSameHash(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function ownAttributes(own: LayerIndex, path: string): ReadonlyMap<string, Uint8Array> {
  const position = own.find(path)?.position;
  return position === undefined || position >= own.entryCount ? new Map() : own.xattrs(position);
}

function isSameMap(
  a: ReadonlyMap<string, Uint8Array>,
  b: ReadonlyMap<string, Uint8Array>,
): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name)?.join() === value.join());
}

/**
 * Positions in `below` of what the layer removed, by the directory that they were in. Only whiteouts, opaque directories and what took a
 * directory's place remove anything. What lay in a directory that became a file is not listed: the file is.
 */
function* removedBy({ own, below, after }: LayerStacks): Generator<void, Map<string, number[]>> {
  const removed = new Map<string, number[]>();
  let steps = 0;
  const open: number[] = [];
  const seen = new Set<number>();
  for (const { path, type, whiteout } of own.entries()) {
    if (++steps % STEP === 0) yield;
    if (!whiteout || below.entryCount === 0) continue;
    if (type === 'opaque') {
      for (const child of below.childPositions(path)) open.push(child);
    } else {
      const hidden = below.find(path);
      if (hidden) open.push(hidden.position);
    }
    for (let position = open.pop(); position !== undefined; position = open.pop()) {
      if (++steps % STEP === 0) yield;
      const entry = below.at(position);
      const now = after.find(entry.path);
      // A whiteout and an opaque directory may both remove the same.
      if (!now && !seen.has(position)) addTo(removed, parentOf(entry.path), position);
      seen.add(position);
      if (entry.type === 'dir' && (!now || now.type === 'dir')) {
        for (const child of below.childPositions(entry.path)) open.push(child);
      }
    }
  }
  return removed;
}

function addTo(removed: Map<string, number[]>, directory: string, position: number): void {
  const positions = removed.get(directory);
  if (positions) positions.push(position);
  else removed.set(directory, [position]);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
