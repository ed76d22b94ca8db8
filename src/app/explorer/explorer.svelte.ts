import { CHANGES, type Change } from '../../layer/stack/compare-layers';
import type { LayerEntry } from '../../layer/index/layer-index';
import type { ExploredImage } from './explored-image.svelte';
import { changeCode, type FileTree } from './file-tree';
import type { LayerStacks, LayerView, ViewMode } from '../image/layer-stacks';
import { setOf, withItems, withoutItems } from './read-only-set';
import { PathFilter } from './path-filter.svelte';
import type { RegexBatches } from './tree-filter';
import { flatRows, placeOf, treeRows, withAncestors, type TreeOrder } from './tree-rows';
import { ViewFollower } from './view-follower';

/** What the URL keeps of the Files tab. */
export interface ExplorerLocation {
  query(): ReadonlyMap<string, string>;
  setQuery(changes: Readonly<Record<string, string | undefined>>): void;
}

/** A chip: a change, or entries that are in the view without one. */
export type Shown = Change | 'unchanged';

const FIRST_ORDER: TreeOrder = { by: 'name', descending: false };
const NOT_SHOWN = setOf<Shown>('unchanged');
const NO_PATHS = setOf<string>();

/** The Files tab: which layer, which view of it, which rows of the tree, and the one that is selected. */
export class Explorer {
  readonly image: ExploredImage;
  readonly filter: PathFilter;
  readonly #location: ExplorerLocation;
  readonly #stacks: LayerStacks;
  readonly #follower: ViewFollower;

  #view = $state.raw<LayerView | undefined>(undefined);
  #fileCount = $state<number | undefined>(undefined);
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

  constructor(
    image: ExploredImage,
    parts: {
      readonly location: ExplorerLocation;
      readonly stacks: LayerStacks;
      readonly regex: RegexBatches;
    },
  ) {
    this.image = image;
    this.#location = parts.location;
    this.#stacks = parts.stacks;
    this.#follower = new ViewFollower(parts.stacks, {
      onView: (view) => (this.#view = view),
      onFileCount: (count) => (this.#fileCount = count),
    });
    this.filter = new PathFilter(parts.regex);
  }

  /** Position of the selected layer: as the URL says, else the last. */
  get layer(): number {
    const asked = Number(this.#location.query().get('layer') ?? NaN);
    const last = Math.max(0, this.image.layers.length - 1);
    if (Number.isInteger(asked) && asked >= 0 && asked <= last) return asked;
    return this.#isWhole ? last : this.#firstReadable;
  }

  /** What is shown of it: as the URL says; of an image without a chosen layer the final filesystem, once all of it is known. */
  get mode(): ViewMode {
    const query = this.#location.query();
    const asked = query.get('show');
    if (asked === 'stack' || asked === 'final' || asked === 'layer') return asked;
    return query.has('layer') || !this.#isWhole ? 'layer' : 'final';
  }

  /** The path that is selected, as `LayerEntry.path`. */
  get selectedPath(): string | undefined {
    return this.#location.query().get('path')?.replace(/^\/+/, '');
  }

  /** Undefined until the first of the view is there. */
  get view(): LayerView | undefined {
    return this.#view;
  }

  get tree(): FileTree | undefined {
    return this.#view?.tree;
  }

  /** Entries of the final filesystem, once they are known. */
  get fileCount(): number | undefined {
    return this.#fileCount;
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
    const { tree } = this;
    if (!tree || !this.filter.matchesIn(tree)) return undefined;
    return this.#matches?.reduce((sum, match) => sum + match, 0);
  }

  get selectedPlace(): number | undefined {
    const { tree, selectedPath } = this;
    return tree && selectedPath !== undefined ? placeOf(tree, selectedPath) : undefined;
  }

  get selectedEntry(): LayerEntry | undefined {
    const { tree, selectedPlace } = this;
    return tree && selectedPlace !== undefined ? this.entryAt(tree, selectedPlace) : undefined;
  }

  entryAt({ source, nodes }: FileTree, place: number): LayerEntry {
    return source.entryOf(nodes[place] ?? 0);
  }

  /** The layer whose entry the view shows at a path: the topmost that has one, or had it before it was removed. */
  contentLayer(path: string): number | undefined {
    const top = this.mode === 'final' ? this.image.layers.length - 1 : this.layer;
    for (let position = top; position >= 0; position--) {
      if (this.image.indexOf(position)?.find(path)?.whiteout === false) return position;
    }
    return undefined;
  }

  isShown(shown: Shown): boolean {
    return !this.#hidden.has(shown);
  }

  isExpanded(place: number): boolean {
    return this.#expanded?.[place] === 1;
  }

  selectLayer(position: number): void {
    this.#location.setQuery({
      layer: String(position),
      show: this.mode === 'stack' ? 'stack' : undefined,
    });
  }

  setMode(mode: ViewMode): void {
    this.#location.setQuery({ layer: String(this.layer), show: mode });
  }

  /** Selects a path, opening the directories around it. */
  select(path: string | undefined): void {
    this.#location.setQuery({ path });
  }

  /** Opens the directories around a path, so that it has a row. */
  reveal(path: string): void {
    const parts = path.split('/').slice(0, -1);
    const directories = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
    if (directories.length > 0) this.#setOpen(directories, true);
  }

  setExpanded(places: Iterable<number>, expanded: boolean): void {
    const { tree } = this;
    if (!tree) return;
    this.#setOpen(
      Array.from(places, (place) => this.entryAt(tree, place).path),
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

  /**
   * Brings the view to what is chosen, as far as layers are known. What is shown stays until the next is there. To be called when what it
   * reads has changed; `stop` ends it.
   */
  follow(): void {
    const { image, mode, layer } = this;
    const indexes = image.layers.map(({ position }) => image.indexOf(position));
    const { isComplete, knownThrough } = image;
    this.#follower.follow({ mode, layer, indexes, knownThrough, isComplete });
  }

  stop(): void {
    this.#follower.stop();
  }

  /** Counts the files of the final filesystem where no view does, once all layers are known. Returns the way to stop. */
  countFiles(): (() => void) | undefined {
    const { image } = this;
    if (!image.isComplete || this.#fileCount !== undefined) return undefined;
    const indexes = image.layers.flatMap(({ position }) => image.indexOf(position) ?? []);
    const controller = new AbortController();
    const { signal } = controller;
    this.#stacks.fileCount(indexes, { signal }).then(
      (count) => (this.#fileCount = count),
      (error: unknown) => {
        if (!signal.aborted) throw error;
      },
    );
    return () => controller.abort();
  }

  #setOpen(paths: readonly string[], isOpen: boolean): void {
    this.#open = isOpen ? withItems(this.#open, paths) : withoutItems(this.#open, paths);
    this.#closed = isOpen ? withoutItems(this.#closed, paths) : withItems(this.#closed, paths);
  }

  /** All of it is there from the start or soon, without being asked for layer by layer as of a registry. */
  get #isWhole(): boolean {
    return this.image.isComplete && !this.image.source.remote;
  }

  get #firstReadable(): number {
    const first = this.image.layers.find(({ position }) => this.image.indexOf(position));
    return first?.position ?? 0;
  }

  /** What the chips and the text leave, undefined where that is everything. */
  #matchesOf(): Uint8Array | undefined {
    const { tree } = this;
    if (!tree) return undefined;
    const found = this.filter.matchesIn(tree);
    const byChange = this.#view?.counts ? changeFilter(tree, this.#hidden) : undefined;
    if (!found || !byChange) return found ?? byChange;
    return found.map((match, place) => match & (byChange[place] ?? 0));
  }

  #expandedOf(): Uint8Array | undefined {
    const { tree } = this;
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
    const { tree } = this;
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
