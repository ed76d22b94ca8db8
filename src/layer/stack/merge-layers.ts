import { AncestorStack } from './ancestor-stack';
import { followLinks } from './follow-links';
import { Kind, kindOf, type EntryColumns } from '../index/entry-columns';
import { Uint32Column } from '../index/growable-columns';
import type { LayerIndex } from '../index/layer-index';
import { MergedFilesystem } from './merged-filesystem';
import { RowCursors } from '../index/row-cursors';
import { RowList } from '../index/row-list';

/**
 * Stacks layers, the base first, as an engine does: whiteouts and opaque markers hide what lower layers have and nothing of their own
 * layer; a directory over a directory keeps what is in it and has the upper's attributes; anything else replaces what was there and all
 * below it. https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
 *
 * Links on the way to a path are followed within a layer, not into it from a lower one: where a layer has `lib/x` and a lower one `lib` as a
 * symlink, `lib` becomes a directory. The spec says nothing of it; docker's overlay2 and containerd's overlayfs unpack each layer into a
 * folder of its own, where there is no such link, and podman does as well. (vfs, which unpacks into a copy of what is below, goes where the link leads.)
 * https://github.com/moby/moby/blob/v20.10.24/daemon/graphdriver/overlay2/overlay.go (ApplyDiff),
 * https://github.com/containerd/containerd/blob/v1.7.0/diff/apply/apply_linux.go. Where one layer has a path as a directory of entries and as something else, the later in its tar counts.
 */
export function mergeLayers(layers: readonly LayerIndex[]): MergedFilesystem {
  const steps = mergeInSteps(layers);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

/** As `mergeLayers`, pausing (yielding) after each layer that is prepared and every few thousand rows. */
export function* mergeInSteps(layers: readonly LayerIndex[]): Generator<void, MergedFilesystem> {
  const placed: LayerIndex[] = [];
  for (const layer of layers) {
    placed.push(followLinks(layer));
    yield;
  }
  const implied = placed.map((layer) => layer.implied);
  return new MergedFilesystem(placed, yield* new LayerMerge(placed, implied).run());
}

/** Rows between two pauses. */
const STEP = 4096;

/** Before all times. */
const NEVER = -1;

/**
 * One pass over the rows of all layers in the order of paths. Every row has a time, that grows with the layers and with the order of their
 * tars. What hides something has a time as well, and hides what is from before it: an entry is visible unless something at its path or
 * above hides it.
 */
class LayerMerge {
  /** Of the layers, then of the directories that each of them implies. */
  readonly #columns: readonly EntryColumns[];
  /** When the layer of each columns begins: after all that is below it, and before all that it has. */
  readonly #begins: readonly number[];
  readonly #layerCount: number;
  readonly #sourceOf = new Uint32Column();
  readonly #rows = new Uint32Column();
  /** Of each path so far, until when it hides what lies below it. */
  readonly #stack = new AncestorStack();
  #rootHides = NEVER;

  constructor(layers: readonly LayerIndex[], implied: readonly EntryColumns[]) {
    const begins = beginTimes(layers);
    this.#layerCount = layers.length;
    this.#columns = [...layers.map(({ columns }) => columns), ...implied];
    this.#begins = [...begins, ...begins];
  }

  *run(): Generator<void, RowList> {
    const cursors = new RowCursors(this.#columns);
    let group: PathGroup | undefined;
    for (let visited = 1; cursors.next(); visited++) {
      if (visited % STEP === 0) yield;
      const { source, row } = cursors;
      const columns = this.#columnsOf(source);
      const shared = group ? sharedPrefix(group, columns, row) : 0;
      if (group && shared === group.size && shared === columns.paths.sizeOf(row)) {
        this.#add(group, source, row);
        continue;
      }
      if (group) this.#finish(group);
      this.#stack.keep(shared);
      group = newGroup(columns, row);
      this.#add(group, source, row);
    }
    if (group) this.#finish(group);
    return new RowList(this.#columns, this.#sourceOf.copy(), this.#rows.copy());
  }

  #add(group: PathGroup, source: number, row: number): void {
    const begin = this.#begins[source] ?? 0;
    const columns = this.#columnsOf(source);
    const time = begin + 1 + (columns.contentOffsets[row] ?? 0);
    const kind = kindOf(columns, row);
    if (source >= this.#layerCount) keepLatest(group.implied, { time, source, row });
    else if (kind === Kind.whiteout) group.whiteout = Math.max(group.whiteout, begin);
    else if (kind === Kind.opaque) group.opaque = Math.max(group.opaque, begin);
    else {
      keepLatest(group.entry, { time, source, row });
      if (kind !== Kind.dir) group.replaced = Math.max(group.replaced, time);
    }
  }

  #finish({ columns, row, size, whiteout, opaque, replaced, entry, implied }: PathGroup): void {
    if (size === 0) {
      this.#rootHides = opaque;
      return;
    }
    const above = this.#stack.above(columns.paths, row, this.#rootHides);
    const hidden = Math.max(above, whiteout);
    const isDirectory = entry.time > replaced;
    if (entry.time > hidden && (isDirectory || entry.time > implied.time)) this.#emit(entry);
    else if (implied.time > hidden) this.#emit(implied);
    this.#stack.push(size, Math.max(hidden, opaque, replaced));
  }

  #emit({ source, row }: TimedRow): void {
    this.#sourceOf.push(source);
    this.#rows.push(row);
  }

  #columnsOf(source: number): EntryColumns {
    const columns = this.#columns[source];
    if (!columns) throw new RangeError(`No columns ${source} of ${this.#columns.length}.`);
    return columns;
  }
}

interface TimedRow {
  time: number;
  source: number;
  row: number;
}

/** What all layers say of one path. Times are `NEVER` for what there is not. */
interface PathGroup {
  /** Any row of that path. */
  readonly columns: EntryColumns;
  readonly row: number;
  readonly size: number;
  /** The latest entry. */
  readonly entry: TimedRow;
  /** The latest need of a directory here. */
  readonly implied: TimedRow;
  /** Of the latest whiteout, opaque marker, and entry that is no directory. */
  whiteout: number;
  opaque: number;
  replaced: number;
}

function newGroup(columns: EntryColumns, row: number): PathGroup {
  return {
    columns,
    row,
    size: columns.paths.sizeOf(row),
    entry: { time: NEVER, source: 0, row: 0 },
    implied: { time: NEVER, source: 0, row: 0 },
    whiteout: NEVER,
    opaque: NEVER,
    replaced: NEVER,
  };
}

/** How many leading bytes a row's path shares with the group before it. */
function sharedPrefix(group: PathGroup, columns: EntryColumns, row: number): number {
  return columns === group.columns
    ? columns.paths.sharedWith(group.row, row)
    : columns.paths.commonPrefix(row, group.columns.paths, group.row);
}

function keepLatest(kept: TimedRow, { time, source, row }: TimedRow): void {
  if (time < kept.time) return;
  kept.time = time;
  kept.source = source;
  kept.row = row;
}

function beginTimes(layers: readonly LayerIndex[]): number[] {
  const begins: number[] = [];
  let time = 0;
  for (const { tarSize } of layers) {
    begins.push(time);
    time += tarSize + 2;
  }
  return begins;
}
