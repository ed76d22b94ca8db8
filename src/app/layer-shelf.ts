import { toErrorRecord } from '../base/errors';
import type { LayerIndex } from '../layer/layer-index';
import type { LayerState } from './image-source';

/** Changes that come closer than this are told at once, ms. */
const TELL_INTERVAL_MS = 80;

/** How far the layers of one image are, and who wants to know. */
export class LayerShelf {
  readonly #states: LayerState[];
  readonly #listeners = new Set<() => void>();
  #isTelling = false;

  constructor(count: number) {
    this.#states = new Array<LayerState>(count).fill({ kind: 'waiting' });
  }

  /** Throws RangeError where there is no such layer. */
  get(position: number): LayerState {
    const state = this.#states[position];
    if (!state) throw new RangeError(`No layer ${position} of ${this.#states.length}.`);
    return state;
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

  /** Tells the listeners, soon. */
  tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    setTimeout(() => {
      this.#isTelling = false;
      for (const listener of this.#listeners) listener();
    }, TELL_INTERVAL_MS);
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
