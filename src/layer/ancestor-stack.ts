import type { PathTable } from './path-table';

/**
 * Finds the directory that holds a path while paths go by in bytewise order. That order puts `a-b` between `a` and `a/c`, so a plain stack
 * of directories does not do: this one keeps every path that is a string prefix of the current one, of which paths that begin alike form one
 * run, and knows each by its length alone.
 */
export class AncestorStack {
  readonly #sizes: number[] = [];
  readonly #values: number[] = [];

  /** Forgets what is no prefix of the next path, which shares `shared` leading bytes with the one before it. */
  keep(shared: number): void {
    let depth = this.#sizes.length;
    while (depth > 0 && (this.#sizes[depth - 1] ?? 0) > shared) depth--;
    this.#sizes.length = depth;
    this.#values.length = depth;
  }

  /** The value of the nearest path above that was pushed, `orElse` where none was. */
  above(paths: PathTable, row: number, orElse: number): number {
    for (let depth = this.#sizes.length - 1; depth >= 0; depth--) {
      if (paths.isSlash(row, this.#sizes[depth] ?? 0)) return this.#values[depth] ?? orElse;
    }
    return orElse;
  }

  /** Remembers a prefix of the current path by its length; one of the same length is replaced. */
  push(size: number, value: number): void {
    let depth = this.#sizes.length;
    while (depth > 0 && (this.#sizes[depth - 1] ?? 0) >= size) depth--;
    if (depth === this.#sizes.length) {
      this.#sizes.push(size);
      this.#values.push(value);
      return;
    }
    const isReplaced = this.#sizes[depth] === size;
    this.#sizes.splice(depth, isReplaced ? 1 : 0, size);
    this.#values.splice(depth, isReplaced ? 1 : 0, value);
  }
}
