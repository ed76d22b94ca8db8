import type { LayerEntry } from '../../layer/index/layer-index';
import type { ExploredImage } from './explored-image.svelte';
import { entryAt, type FileTree } from './file-tree';
import { followLinks } from '../../layer/stack/follow-links';
import { entryChange, type EntryChange } from '../../layer/stack/entry-change';
import type { LayerStacks, LayerView, ViewMode } from '../image/layer-stacks';
import type { RegexBatches } from './tree-filter';
import { TreeListing } from './tree-listing.svelte';
import { placeOf } from './tree-rows';
import { ViewFollower } from './view-follower';

/** What the URL keeps of the Files tab. */
export interface ExplorerLocation {
  query(): ReadonlyMap<string, string>;
  setQuery(changes: Readonly<Record<string, string | undefined>>): void;
}

/** The Files tab: which layer, which view of it, and the entry that is selected. */
export class Explorer {
  readonly image: ExploredImage;
  readonly listing: TreeListing;
  readonly #location: ExplorerLocation;
  readonly #stacks: LayerStacks;
  readonly #follower: ViewFollower;

  #view = $state.raw<LayerView | undefined>(undefined);
  #fileCount = $state<number | undefined>(undefined);

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
    this.listing = new TreeListing(() => this.#view, parts.regex);
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

  get selectedPlace(): number | undefined {
    const { tree, selectedPath } = this;
    return tree && selectedPath !== undefined ? placeOf(tree, selectedPath) : undefined;
  }

  get selectedEntry(): LayerEntry | undefined {
    const { tree, selectedPlace } = this;
    return tree && selectedPlace !== undefined ? entryAt(tree, selectedPlace) : undefined;
  }

  /** The layer whose entry the view shows at a path: the topmost that has one, or had it before it was removed. */
  contentLayer(path: string): number | undefined {
    const top = this.mode === 'final' ? this.image.layers.length - 1 : this.layer;
    for (let position = top; position >= 0; position--) {
      if (this.image.find(position, path)?.entry.whiteout === false) return position;
    }
    return undefined;
  }

  /**
   * What the selected entry's layer changed of what lower ones have; of the view of one layer, what that layer did. Undefined where it is
   * the first with such an entry, and where not all below it is known.
   */
  get selectedChange(): EntryChange | undefined {
    const { selectedEntry, image } = this;
    const layer = selectedEntry && this.contentLayer(selectedEntry.path);
    if (layer === undefined || (this.mode === 'layer' && layer !== this.layer)) return undefined;
    const indexes = image.layers.map(({ position }) => image.indexOf(position));
    const placed = indexes.map((index) => index && followLinks(index));
    return entryChange(placed, layer, selectedEntry?.path ?? '');
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

  /** All of it is there from the start or soon, without being asked for layer by layer as of a registry. */
  get #isWhole(): boolean {
    return this.image.isComplete && !this.image.source.remote;
  }

  get #firstReadable(): number {
    const first = this.image.layers.find(({ position }) => this.image.indexOf(position));
    return first?.position ?? 0;
  }
}
