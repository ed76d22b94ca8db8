import { createSubscriber } from 'svelte/reactivity';
import { readCreatedBy } from '../../analysis/created-by';
import { instructionLines } from '../../analysis/dockerfile';
import { tokenizeLine, type Token } from '../../analysis/dockerfile-tokens';
import { joinHistory, type ImageHistory } from '../../image/history';
import type { LayerIndex } from '../../layer/index/layer-index';
import { findEntry, type FoundEntry } from '../../layer/stack/find-entry';
import type { FetchState } from '../remote/remote-facts';
import type { ViewMode } from '../image/layer-stacks';
import type { ExploredLayer, ImageSource, LayerState, Verification } from '../image/image-source';

/** An image that is explored, as the screens see it: what changes in its source, changes here. */
export class ExploredImage {
  readonly source: ImageSource;
  readonly history: ImageHistory;
  /** What made each layer on one line, by position; undefined where the history does not say. */
  readonly commands: readonly (readonly Token[] | undefined)[];
  readonly #subscribe: () => void;

  constructor(source: ImageSource) {
    this.source = source;
    this.history = joinHistory(source.config);
    this.commands = layerCommands(this.history, source.layers.length);
    this.#subscribe = createSubscriber((update) => source.onChange(update));
  }

  get layers(): readonly ExploredLayer[] {
    this.#subscribe();
    return this.source.layers;
  }

  get verification(): Verification {
    this.#subscribe();
    return this.source.verification;
  }

  /** It is among what is stored, and no load of it runs. */
  get isLoaded(): boolean {
    this.#subscribe();
    return this.source.origin === 'stored';
  }

  layerState(position: number): LayerState {
    this.#subscribe();
    return this.source.layerState(position);
  }

  /** How far a layer of a registry is fetched; undefined where all layers are at hand. */
  fetchState(position: number): FetchState | undefined {
    this.#subscribe();
    return this.source.remote?.fetching.state(position);
  }

  /** Layers of a view that have yet to be fetched from a registry, base first. */
  unfetched(mode: ViewMode, layer: number): readonly number[] {
    return this.layers
      .map(({ position }) => position)
      .filter((position) => mode === 'final' || position <= layer)
      .filter((position) => mode !== 'layer' || position === layer)
      .filter((position) => (this.fetchState(position)?.kind ?? 'read') !== 'read');
  }

  /** Bytes of a layer that it is compared with others by: those of its files, or of an image in a registry those to fetch. */
  sizeOf({ descriptor, unpackedSize }: ExploredLayer): number | undefined {
    return this.source.remote ? descriptor.size : unpackedSize;
  }

  /** What is known of a layer's entries; undefined before the first of them. */
  indexOf(position: number): LayerIndex | undefined {
    const state = this.layerState(position);
    return state.kind === 'waiting' ? undefined : state.index;
  }

  /** A layer's entry by its path, as far as the layer is known. */
  find(position: number, path: string): FoundEntry | undefined {
    const index = this.indexOf(position);
    return index && findEntry(index, path);
  }

  /** How many layers, from the base on, are known to their end. */
  get knownThrough(): number {
    const open = this.layers.findIndex(({ position }) => !isSettled(this.layerState(position)));
    return open < 0 ? this.layers.length : open;
  }

  /** True when no more is to be learned of any layer. */
  get isComplete(): boolean {
    return this.knownThrough === this.layers.length;
  }

  /** Bytes of file content in all layers; undefined until all have been read. */
  get unpackedSize(): number | undefined {
    let sum = 0;
    for (const { unpackedSize } of this.layers) {
      if (unpackedSize === undefined) return undefined;
      sum += unpackedSize;
    }
    return sum;
  }

  /** Bytes of all layers as stored. */
  get storedSize(): number {
    return this.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  }

  /** Bytes of all layers that are here. */
  get arrivedSize(): number {
    return this.layers.reduce(
      (sum, { descriptor, arrived }) => sum + (arrived ?? descriptor.size),
      0,
    );
  }

  /** Bytes of the largest layer known: the end of every size bar. */
  get largestLayer(): number {
    return this.layers.reduce((max, layer) => Math.max(max, this.sizeOf(layer) ?? 0), 0);
  }
}

function isSettled({ kind }: LayerState): boolean {
  return kind === 'ready' || kind === 'corrupt';
}

/** Characters of a command that a line may show. */
const SHOWN_COMMAND = 500;

function layerCommands(
  { steps, isJoined }: ImageHistory,
  layerCount: number,
): readonly (readonly Token[] | undefined)[] {
  const commands = new Array<readonly Token[] | undefined>(layerCount).fill(undefined);
  // A guess which step made which layer would be shown as if it were known.
  if (!isJoined) return commands;
  for (const { entry, layer } of steps) {
    if (layer === undefined || entry.createdBy.trim() === '') continue;
    const instruction = readCreatedBy(entry.createdBy.slice(0, SHOWN_COMMAND));
    const line = instructionLines(instruction)
      .map((part) => part.replace(/ \\$/, '').trim())
      .join(' ');
    commands[layer] = tokenizeLine(line, instruction.keyword);
  }
  return commands;
}
