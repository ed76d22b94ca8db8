import { AncestorStack } from './ancestor-stack';
import { followLinks } from './follow-links';
import { Kind, kindOf, type EntryColumns } from '../index/entry-columns';
import type { LayerIndex } from '../index/layer-index';
import { MergedFilesystem } from './merged-filesystem';
import { RowCursors } from '../index/row-cursors';
import { RowList } from '../index/row-list';
import { NEVER, PathRows, type TimedRow } from './path-rows';

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
  const { list, parents } = yield* new LayerMerge(placed).run();
  return new MergedFilesystem(placed, list, parents);
}

/** Rows between two pauses. */
const STEP = 4096;

/** What a merge gives: the visible entries, and of each the place of the directory that holds it, -1 for the root. */
interface MergedRows {
  readonly list: RowList;
  readonly parents: Int32Array;
}

/**
 * One pass over the rows of all layers in the order of paths. Every row has a time, that grows with the layers and with the order of their
 * tars. What hides something has a time as well, and hides what is from before it: an entry is visible unless something at its path or
 * above hides it.
 */
class LayerMerge {
  /** Of the layers, then of the directories that each of them implies, then of what was replaced within each. */
  readonly #columns: readonly EntryColumns[];
  /** When the layer of each columns begins: after all that is below it, and before all that it has. */
  readonly #begins: readonly number[];
  readonly #layerCount: number;
  readonly #sourceOf: Uint32Array;
  readonly #rows: Uint32Array;
  readonly #parents: Int32Array;
  #count = 0;
  readonly #path = new PathRows();
  /** Of each path so far its number. */
  readonly #stack = new AncestorStack();
  /** By the number of a path: until when it hides what lies below it, and where its entry stands, -1 for none. */
  readonly #hides: Float64Array;
  readonly #places: Int32Array;
  #pathCount = 0;
  #rootHides = NEVER;

  constructor(layers: readonly LayerIndex[]) {
    const begins = beginTimes(layers);
    this.#layerCount = layers.length;
    this.#columns = [
      ...layers.map(({ columns }) => columns),
      ...layers.map(({ implied }) => implied),
      ...layers.map(({ replaced }) => replaced),
    ];
    this.#begins = [...begins, ...begins, ...begins];
    const rows = this.#columns.reduce((sum, { rowCount }) => sum + rowCount, 0);
    this.#sourceOf = new Uint32Array(rows);
    this.#rows = new Uint32Array(rows);
    this.#parents = new Int32Array(rows);
    this.#hides = new Float64Array(rows);
    this.#places = new Int32Array(rows);
  }

  *run(): Generator<void, MergedRows> {
    const cursors = new RowCursors(this.#columns);
    const path = this.#path;
    for (let visited = 1; cursors.next(); visited++) {
      if (visited % STEP === 0) yield;
      const { source, row, shared } = cursors;
      const columns = this.#columnsOf(source);
      const size = columns.paths.sizeOf(row);
      if (shared !== size || shared !== path.size) {
        this.#finish();
        this.#stack.keep(shared);
        path.begin(columns, row, size);
      }
      this.#add(columns, source, row);
    }
    this.#finish();
    const count = this.#count;
    const list = new RowList(
      this.#columns,
      this.#sourceOf.subarray(0, count),
      this.#rows.subarray(0, count),
    );
    return { list, parents: this.#parents.subarray(0, count) };
  }

  #add(columns: EntryColumns, source: number, row: number): void {
    const path = this.#path;
    const begin = this.#begins[source] ?? 0;
    const time = begin + 1 + (columns.contentOffsets[row] ?? 0);
    const kind = kindOf(columns, row);
    if (source >= this.#layerCount * 2) {
      // What took a directory's place, and lost it again, still took away what was in it.
      if (kind !== Kind.dir) path.replaced = Math.max(path.replaced, time);
    } else if (source >= this.#layerCount) path.addImplied(time, source, row);
    else if (kind === Kind.whiteout) path.whiteout = Math.max(path.whiteout, begin);
    else if (kind === Kind.opaque) path.opaque = Math.max(path.opaque, begin);
    else {
      path.addEntry(time, source, row);
      if (kind !== Kind.dir) path.replaced = Math.max(path.replaced, time);
    }
  }

  #finish(): void {
    const { size, whiteout, opaque, replaced } = this.#path;
    if (size <= 0) {
      this.#rootHides = opaque;
      return;
    }
    const parent = this.#path.above(this.#stack);
    const above = parent < 0 ? this.#rootHides : (this.#hides[parent] ?? NEVER);
    const hidden = Math.max(above, whiteout);
    const shown = this.#path.shown(hidden);
    const number = this.#pathCount++;
    this.#places[number] = shown ? this.#emit(shown, this.#places[parent] ?? -1) : -1;
    this.#hides[number] = Math.max(hidden, opaque, replaced);
    this.#stack.push(size, number);
  }

  #emit({ source, row }: TimedRow, parent: number): number {
    const place = this.#count++;
    this.#sourceOf[place] = source;
    this.#rows[place] = row;
    this.#parents[place] = parent;
    return place;
  }

  #columnsOf(source: number): EntryColumns {
    const columns = this.#columns[source];
    if (!columns) throw new RangeError(`No columns ${source} of ${this.#columns.length}.`);
    return columns;
  }
}
function beginTimes(layers: readonly LayerIndex[]): number[] {
  const begins: number[] = [];
  let time = 0;
  for (const { tarSize, tarRows } of layers) {
    begins.push(time);
    // Of a layer known by its table of contents alone, offsets count entries, and there is no tar's size.
    const last = tarRows.contentOffsets.reduce((max, offset) => Math.max(max, offset), tarSize);
    time += last + 2;
  }
  return begins;
}
