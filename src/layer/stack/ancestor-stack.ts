import type { PathTable } from '../index/path-table';

/**
 * Finds the directory that holds a path while paths go by in bytewise order. That order puts `a-b` between `a` and `a/c`, so a plain stack
 * of directories does not do: this one keeps every path that is a string prefix of the current one, of which paths that begin alike form one
 * run, and knows each by its length alone.
 */
export class AncestorStack {
  readonly #sizes: number[] = [];
  readonly #values: number[] = [];
  #depth = 0;

  /** Forgets what is no prefix of the next path, which shares `shared` leading bytes with the one before it. */
  keep(shared: number): void {
    while (this.#depth > 0 && (this.#sizes[this.#depth - 1] ?? 0) > shared) this.#depth--;
  }

  /** The value of the nearest path above that was pushed, `orElse` where none was. */
  above(paths: PathTable, row: number, orElse: number): number {
    for (let at = this.#depth - 1; at >= 0; at--) {
      if (paths.isSlash(row, this.#sizes[at] ?? 0)) return this.#values[at] ?? orElse;
    }
    return orElse;
  }

  /** Remembers a prefix of the current path by its length; one of the same length is replaced. */
  push(size: number, value: number): void {
    let at = this.#depth;
    while (at > 0 && (this.#sizes[at - 1] ?? 0) >= size) at--;
    if (at === this.#depth || this.#sizes[at] !== size) {
      for (let from = this.#depth; from > at; from--) {
        this.#sizes[from] = this.#sizes[from - 1] ?? 0;
        this.#values[from] = this.#values[from - 1] ?? 0;
      }
      this.#depth++;
    }
    this.#sizes[at] = size;
    this.#values[at] = value;
  }
}
