import { CHANGES, type Change } from '../../layer/stack/compare-layers';
import type { LayerView } from '../image/layer-stacks';
import { changeCode, entryAt, type FileTree } from './file-tree';
import { PathFilter } from './path-filter.svelte';
import { setOf, withItems, withoutItems } from './read-only-set';
import type { RegexBatches } from './tree-filter';
import { flatRows, placeOf, treeRows, withAncestors, type TreeOrder } from './tree-rows';

/** A chip: a change, or entries that are in the view without one. */
export type Shown = Change | 'unchanged';

const FIRST_ORDER: TreeOrder = { by: 'name', descending: false };
const NOT_SHOWN = setOf<Shown>('unchanged');
const NO_PATHS = setOf<string>();

/** Which entries of a view have rows, and in what order: open directories, the text filter, chips, sorting. */
export class TreeListing {
  readonly filter: PathFilter;
  readonly #viewOf: () => LayerView | undefined;

  #hidden = $state.raw(NOT_SHOWN);
  #order = $state.raw(FIRST_ORDER);
  #isFlat = $state(false);
  /** Paths of open directories: they stay open when the view changes. */
  #open = $state.raw(NO_PATHS);
  /** Directories that a filter has opened and that were closed by hand. */
  #closed = $state.raw(NO_PATHS);

  readonly #matches = $derived.by(() => this.#matchesOf());
  readonly #expanded = $derived.by(() => this.#expandedOf());
  readonly #rows = $derived.by(() => this.#rowsOf());

  /** `viewOf` gives the view at hand, and is reactive. */
  constructor(viewOf: () => LayerView | undefined, regex: RegexBatches) {
    this.#viewOf = viewOf;
    this.filter = new PathFilter(regex);
  }

  /** Places of the tree, one a row. */
  get rows(): Uint32Array {
    return this.#rows;
  }

  get order(): TreeOrder {
    return this.#order;
  }

  get isFlat(): boolean {
    return this.#isFlat;
  }

  /** Entries that match the text filter; undefined while there is none. */
  get matchCount(): number | undefined {
    const tree = this.#tree;
    if (!tree || !this.filter.matchesIn(tree)) return undefined;
    return this.#matches?.reduce((sum, match) => sum + match, 0);
  }

  isShown(shown: Shown): boolean {
    return !this.#hidden.has(shown);
  }

  isExpanded(place: number): boolean {
    return this.#expanded?.[place] === 1;
  }

  /** Opens the directories around a path, so that it has a row. */
  reveal(path: string): void {
    const parts = path.split('/').slice(0, -1);
    const directories = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
    if (directories.length > 0) this.#setOpen(directories, true);
  }

  setExpanded(places: Iterable<number>, expanded: boolean): void {
    const tree = this.#tree;
    if (!tree) return;
    this.#setOpen(
      Array.from(places, (place) => entryAt(tree, place).path),
      expanded,
    );
  }

  setOrder(by: TreeOrder['by']): void {
    // The first press puts the largest first, or the names in their order.
    const descending = this.#order.by === by ? !this.#order.descending : by === 'size';
    this.#order = { by, descending };
  }

  setFlat(isFlat: boolean): void {
    this.#isFlat = isFlat;
  }

  toggleShown(shown: Shown): void {
    this.#hidden = this.isShown(shown)
      ? withItems(this.#hidden, [shown])
      : withoutItems(this.#hidden, [shown]);
  }

  /** Types a filter; what it opens is open again. */
  setTyped(typed: string): void {
    this.filter.typed = typed;
    this.#closed = NO_PATHS;
  }

  get #tree(): FileTree | undefined {
    return this.#viewOf()?.tree;
  }

  #setOpen(paths: readonly string[], isOpen: boolean): void {
    this.#open = isOpen ? withItems(this.#open, paths) : withoutItems(this.#open, paths);
    this.#closed = isOpen ? withoutItems(this.#closed, paths) : withItems(this.#closed, paths);
  }

  /** What the chips and the text leave, undefined where that is everything. */
  #matchesOf(): Uint8Array | undefined {
    const tree = this.#tree;
    if (!tree) return undefined;
    const found = this.filter.matchesIn(tree);
    const byChange = this.#viewOf()?.counts ? changeFilter(tree, this.#hidden) : undefined;
    if (!found || !byChange) return found ?? byChange;
    return found.map((match, place) => match & (byChange[place] ?? 0));
  }

  #expandedOf(): Uint8Array | undefined {
    const tree = this.#tree;
    if (!tree) return undefined;
    // A filter shows what it finds: directories are open unless they were closed by hand.
    const isOpen = this.filter.isActive;
    const expanded = isOpen ? Uint8Array.from(tree.directories) : new Uint8Array(tree.count);
    for (const path of isOpen ? this.#closed : this.#open) {
      const place = placeOf(tree, path);
      if (place !== undefined) expanded[place] = isOpen ? 0 : 1;
    }
    return expanded;
  }

  #rowsOf(): Uint32Array {
    const tree = this.#tree;
    const expanded = this.#expanded;
    if (!tree || !expanded) return new Uint32Array();
    const matches = this.#matches;
    if (this.#isFlat) {
      return flatRows(tree, matches ?? new Uint8Array(tree.count).fill(1), this.#order);
    }
    const kept = matches && withAncestors(tree, matches);
    return treeRows(tree, { expanded, kept, order: this.#order });
  }
}

/** 1 for the entries whose chip is on. */
function changeFilter(tree: FileTree, hidden: ReadonlySet<Shown>): Uint8Array | undefined {
  if (hidden.size === 0) return undefined;
  const allowed = new Uint8Array(CHANGES.length + 1);
  allowed[0] = hidden.has('unchanged') ? 0 : 1;
  for (const change of CHANGES) allowed[changeCode(change)] = hidden.has(change) ? 0 : 1;
  return tree.changes.map((code) => allowed[code] ?? 0);
}
