import type { AncestorStack } from './ancestor-stack';
import type { EntryColumns } from '../index/entry-columns';

/** Before all times. */
export const NEVER = -1;

/** A row of one of the columns that are merged, and when it came: see `LayerMerge`. */
export interface TimedRow {
  time: number;
  source: number;
  row: number;
}

/** What all layers say of one path. Times are `NEVER` for what there is not. One object serves all paths, one after the other. */
export class PathRows {
  /** Bytes of the path; -1 before the first. */
  size = -1;
  /** Of the latest whiteout, opaque marker, and entry that is no directory. */
  whiteout = NEVER;
  opaque = NEVER;
  replaced = NEVER;
  #columns: EntryColumns | undefined;
  #row = 0;
  /** The latest entry. */
  readonly #entry: TimedRow = { time: NEVER, source: 0, row: 0 };
  /** The latest need of a directory here. */
  readonly #implied: TimedRow = { time: NEVER, source: 0, row: 0 };

  /** Goes on to the path of a row. */
  begin(columns: EntryColumns, row: number, size: number): void {
    this.#columns = columns;
    this.#row = row;
    this.size = size;
    this.whiteout = NEVER;
    this.opaque = NEVER;
    this.replaced = NEVER;
    this.#entry.time = NEVER;
    this.#implied.time = NEVER;
  }

  addEntry(time: number, source: number, row: number): void {
    keepLatest(this.#entry, time, source, row);
  }

  addImplied(time: number, source: number, row: number): void {
    keepLatest(this.#implied, time, source, row);
  }

  /** The nearest path above that the stack has, -1 where it has none. */
  above(stack: AncestorStack): number {
    return this.#columns ? stack.above(this.#columns.paths, this.#row, -1) : -1;
  }

  /** The row that shows at the path where all from before `hidden` is hidden. */
  shown(hidden: number): TimedRow | undefined {
    const entry = this.#entry;
    const implied = this.#implied;
    const isDirectory = entry.time > this.replaced;
    if (entry.time > hidden && (isDirectory || entry.time > implied.time)) return entry;
    return implied.time > hidden ? implied : undefined;
  }
}

function keepLatest(kept: TimedRow, time: number, source: number, row: number): void {
  if (time < kept.time) return;
  kept.time = time;
  kept.source = source;
  kept.row = row;
}
