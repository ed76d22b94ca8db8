import { isCoded } from '../../base/errors';
import type { LayerIndex } from '../../layer/index/layer-index';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import type { Digest } from '../../oci/digest';
import type { IndexStore } from '../../store/index-store';
import type { LayerShelf } from './layer-shelf';

/** The stored indexes of layers, fetched in one look; undefined for one that is not there, is damaged, or is of another version. */
export async function storedIndexes(
  store: Pick<IndexStore, 'getAll'>,
  diffIds: readonly Digest[],
): Promise<readonly (LayerIndex | undefined)[]> {
  const buffers = await store.getAll(diffIds);
  return buffers.map((buffer) => buffer && openSound(buffer));
}

function openSound(buffer: ArrayBuffer): LayerIndex | undefined {
  try {
    return openLayerIndex(buffer);
  } catch (error) {
    if (isCoded(error) && error.code === 'bad-index') return undefined;
    throw error;
  }
}

/** Indexes that a load has stored and nobody has asked for yet: nobody need be looking at an image while it is loaded. */
export class UnaskedIndexes {
  readonly #store: Pick<IndexStore, 'getAll'>;
  readonly #shelf: LayerShelf;
  readonly #onMissing: (position: number) => void;
  readonly #diffIds = new Map<number, Digest>();

  /** `onMissing` is told of a layer whose index is not there after all. */
  constructor(
    store: Pick<IndexStore, 'getAll'>,
    shelf: LayerShelf,
    onMissing: (position: number) => void,
  ) {
    this.#store = store;
    this.#shelf = shelf;
    this.#onMissing = onMissing;
  }

  add(position: number, diffId: Digest): void {
    this.#diffIds.set(position, diffId);
  }

  /** Somebody asks for a layer: all that have come since the last time are put on the shelf. */
  ask(position: number): void {
    if (!this.#diffIds.has(position)) return;
    const asked = [...this.#diffIds];
    this.forget();
    this.#fetch(asked).catch((error: unknown) => {
      for (const [each] of asked) this.#shelf.fail(each, error);
    });
  }

  forget(): void {
    this.#diffIds.clear();
  }

  async #fetch(asked: readonly (readonly [position: number, diffId: Digest])[]): Promise<void> {
    const diffIds = asked.map(([, diffId]) => diffId);
    const found = await storedIndexes(this.#store, diffIds);
    for (const [i, [position]] of asked.entries()) {
      const index = found[i];
      if (index) this.#shelf.set(position, { kind: 'ready', index });
      else this.#onMissing(position);
    }
  }
}
