import { toErrorRecord } from '../../base/errors';
import type { LayerIndex } from '../../layer/index/layer-index';
import type { LayerState } from './image-source';

/** Changes that come closer than this are told at once, ms. */
const TELL_INTERVAL_MS = 80;

/** How far the layers of one image are, and who wants to know. */
export class LayerShelf {
  readonly #states: LayerState[];
  readonly #listeners = new Set<() => void>();
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor(count: number) {
    this.#states = new Array<LayerState>(count).fill({ kind: 'waiting' });
  }

  /** Throws RangeError where there is no such layer. */
  get(position: number): LayerState {
    const state = this.#states[position];
    if (!state) throw new RangeError(`No layer ${position} of ${this.#states.length}.`);
    return state;
  }

  /** What is known of the entries of each layer, base first. */
  get indexes(): readonly (LayerIndex | undefined)[] {
    return this.#states.map(indexOf);
  }

  set(position: number, state: LayerState): void {
    this.#states[position] = state;
    this.tell();
  }

  /** A layer that cannot be read further; what was read of it stays. */
  fail(position: number, error: unknown): void {
    const index = indexOf(this.get(position));
    this.set(position, { kind: 'corrupt', index, error: toErrorRecord(error) });
  }

  /** Tells the listeners soon, and without delay where all there is to know is known. */
  tell(): void {
    const isOpen = this.#states.some(({ kind }) => kind === 'waiting' || kind === 'indexing');
    if (this.#telling !== undefined) {
      if (isOpen) return;
      clearTimeout(this.#telling);
    }
    const tell = (): void => {
      this.#telling = undefined;
      for (const listener of this.#listeners) listener();
    };
    this.#telling = setTimeout(tell, isOpen ? TELL_INTERVAL_MS : 0);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** What is known of a layer's entries; undefined before the first of them. */
export function indexOf(state: LayerState): LayerIndex | undefined {
  return state.kind === 'waiting' ? undefined : state.index;
}
