import { parsePathPattern, type PathPattern } from '../../analysis/path-pattern';
import type { FileTree } from './file-tree';
import { findMatches, type RegexBatches } from './tree-filter';

export type FilterState =
  | { readonly kind: 'idle' | 'running' | 'timeout' }
  | { readonly kind: 'invalid'; readonly reason: string };

/** The filter that is typed over a tree, and what of the tree matches it. */
export class PathFilter {
  /** As it is typed. */
  typed = $state('');
  #state = $state.raw<FilterState>({ kind: 'idle' });
  /** Of the tree that it was made for. */
  #found = $state.raw<{ readonly tree: FileTree; readonly matches: Uint8Array } | undefined>();
  readonly #pattern = $derived.by(() => parsePathPattern(this.typed));
  readonly #regex: RegexBatches;

  constructor(regex: RegexBatches) {
    this.#regex = regex;
  }

  get state(): FilterState {
    return this.#state;
  }

  /** True where it leaves some entries out. */
  get isActive(): boolean {
    return this.#pattern !== undefined && this.#pattern.kind !== 'invalid';
  }

  /** 1 for each place of the tree that matches; undefined while nothing was found in it. */
  matchesIn(tree: FileTree): Uint8Array | undefined {
    return this.#found?.tree === tree ? this.#found.matches : undefined;
  }

  /** Brings the matches to what is typed. What is found stays until more is. */
  apply(tree: FileTree | undefined, signal: AbortSignal): void {
    const pattern = this.#pattern;
    if (pattern?.kind === 'invalid') this.#state = pattern;
    else this.#state = { kind: tree && pattern ? 'running' : 'idle' };
    if (!tree || !pattern || pattern.kind === 'invalid') {
      this.#found = undefined;
      return;
    }
    void this.#find(tree, pattern, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  async #find(
    tree: FileTree,
    pattern: Exclude<PathPattern, { kind: 'invalid' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const result = await findMatches(tree, pattern, { regex: this.#regex, signal });
    if (signal.aborted) return;
    if (result.kind === 'found') this.#found = { tree, matches: result.matches };
    this.#state = { kind: result.kind === 'found' ? 'idle' : 'timeout' };
  }
}
