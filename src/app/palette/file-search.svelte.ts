import { isAbort } from '../../base/errors';
import { nextTask } from '../../base/next-task';
import type { EntryTable, LayerIndex } from '../../layer/index/layer-index';
import { mergeInSteps } from '../../layer/stack/merge-layers';
import type { AskedImage, ImageSource, OpenImage } from '../image/image-source';
import { inSlices } from '../explorer/time-slices';

/** A path of an image. */
export interface FoundFile {
  /** As `LayerEntry.path`. */
  readonly path: string;
  /** Position of the topmost layer that has it. */
  readonly layer: number;
}

/** Rows that the palette has room for. */
const MOST_FILES = 20;
/** Entries between two chances to stop for a frame. */
const STEP = 500;

/** Finds paths in the filesystem of one image, which is opened for the purpose. Never holds up a frame. */
export class FileSearch {
  /** Of the layers that have been read to their end. */
  #layers = $state.raw<readonly (LayerIndex | undefined)[]>([]);
  #found = $state.raw<readonly FoundFile[]>([]);
  #isOpening = $state(false);
  #isSearching = $state(false);
  #merged: { readonly of: unknown; readonly table: Promise<EntryTable> } | undefined;
  #opened: AbortSignal | undefined;

  /** The best first; what was found before stays until the next is there. */
  get found(): readonly FoundFile[] {
    return this.#found;
  }

  /** True while more may be found of what is looked for. */
  get isBusy(): boolean {
    return this.#isOpening || this.#isSearching;
  }

  /** Opens an image to be searched; the returned function closes it. */
  open(openImage: OpenImage, asked: AskedImage): () => void {
    const controller = new AbortController();
    const { signal } = controller;
    this.#opened = signal;
    this.#layers = [];
    this.#merged = undefined;
    this.#isOpening = true;
    openImage(asked, { signal }).then(
      (source) => {
        if (signal.aborted) {
          source?.close();
          return;
        }
        this.#isOpening = source !== undefined;
        if (!source) return;
        const stop = source.onChange(() => this.#take(source));
        signal.addEventListener('abort', () => {
          stop();
          source.close();
        });
        this.#take(source);
      },
      // The image's own page says what is wrong with it: here there are no files.
      () => {
        if (!signal.aborted) this.#isOpening = false;
      },
    );
    return () => controller.abort();
  }

  /** Looks for paths that have every one of the words (in lower case); the returned function stops. To be called again when layers come. */
  search(words: readonly string[]): () => void {
    const controller = new AbortController();
    const layers = this.#layers;
    if (words.length === 0 || layers.every((layer) => !layer)) {
      this.#found = [];
      this.#isSearching = false;
      return () => undefined;
    }
    this.#isSearching = true;
    this.#find(layers, words, controller.signal).catch((error: unknown) => {
      if (!isAbort(error)) throw error;
    });
    return () => controller.abort();
  }

  async #find(
    layers: readonly (LayerIndex | undefined)[],
    words: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const table = await this.#merge(layers);
    await nextTask();
    signal.throwIfAborted();
    const paths = await inSlices(findPaths(table, words), { signal });
    if (signal.aborted) return;
    this.#found = paths.map((path) => ({ path, layer: topmostWith(layers, path) }));
    this.#isSearching = false;
  }

  /** The filesystem that the layers make. Goes on when a search is given up: the next one needs it too. */
  #merge(layers: readonly (LayerIndex | undefined)[]): Promise<EntryTable> {
    if (this.#merged?.of !== layers) {
      const known = layers.filter((layer) => layer !== undefined);
      const signal = this.#opened;
      const table = inSlices(mergeInSteps(known), signal ? { signal } : {});
      this.#merged = { of: layers, table };
    }
    return this.#merged.table;
  }

  #take(source: ImageSource): void {
    const layers = source.layers.map(({ position }) => {
      const state = source.layerState(position);
      return state.kind === 'ready' || state.kind === 'corrupt' ? state.index : undefined;
    });
    if (layers.length === 0 || layers.some((layer) => layer)) this.#isOpening = false;
    if (layers.some((layer, i) => layer !== this.#layers[i])) this.#layers = layers;
  }
}

/**
 * The paths that have every word, at most as many as are shown: names that begin with the first word, then names that have it, then
 * directories that do.
 */
export function* findPaths(
  table: Pick<EntryTable, 'entryCount' | 'at'>,
  words: readonly string[],
  most = MOST_FILES,
): Generator<void, readonly string[]> {
  const [first = ''] = words;
  const ranks: [string[], string[], string[]] = [[], [], []];
  for (let position = 0; position < table.entryCount; position++) {
    const { path } = table.at(position);
    const lower = path.toLowerCase();
    if (words.every((word) => `/${lower}`.includes(word))) {
      const name = lower.slice(lower.lastIndexOf('/') + 1);
      const rank = ranks[name.startsWith(first) ? 0 : name.includes(first) ? 1 : 2];
      if (rank.length < most) rank.push(path);
      // Better ones cannot come.
      if (ranks[0].length === most) break;
    }
    if (position % STEP === STEP - 1) yield;
  }
  return ranks.flat().slice(0, most);
}

function topmostWith(layers: readonly (LayerIndex | undefined)[], path: string): number {
  return layers.findLastIndex((layer) => layer?.find(path)?.whiteout === false);
}
