import type { Digest } from '../../oci/digest';
import type { StorageUsage, Store } from '../../store/store';
import type { Library } from './library.svelte';

/** What the browser can be asked about storage. */
export interface StorageManagerLike {
  persisted(): Promise<boolean>;
  persist(): Promise<boolean>;
}

/** What sharing layers saves, compared with each image having its own. */
export interface Sharing {
  /** Blobs that more than one image has. */
  readonly layers: number;
  /** Bytes, as stored. */
  readonly saved: number;
}

/** When the browser is asked again after a change, ms: it takes its time to count what has gone. */
const ASK_AGAIN_MS = [1000, 5000];

/** How much is stored, and how much could be. */
export class StorageMeter {
  #usage = $state.raw<StorageUsage | undefined>(undefined);
  #persisted = $state<boolean | undefined>(undefined);
  readonly #sharing: Sharing;
  readonly #store: Store;
  readonly #manager: StorageManagerLike;
  #timers: readonly ReturnType<typeof setTimeout>[] = [];

  constructor(store: Store, library: Library, manager: StorageManagerLike) {
    this.#store = store;
    this.#manager = manager;
    this.#sharing = $derived(sharing(library.rows.map(({ layers }) => layers)));
    store.onChange(() => this.#follow());
  }

  /** Bytes; undefined until the browser has answered. */
  get usage(): StorageUsage | undefined {
    return this.#usage;
  }

  /** True where the browser has promised not to clear the store by itself. */
  get persisted(): boolean | undefined {
    return this.#persisted;
  }

  get sharing(): Sharing {
    return this.#sharing;
  }

  #follow(): void {
    void this.refresh();
    this.#timers.forEach(clearTimeout);
    this.#timers = ASK_AGAIN_MS.map((ms) => setTimeout(() => void this.refresh(), ms));
  }

  async refresh(): Promise<void> {
    [this.#usage, this.#persisted] = await Promise.all([
      this.#store.usage(),
      this.#manager.persisted(),
    ]);
  }

  /** Asks the browser never to clear the store by itself. Resolves to its answer. */
  async persist(): Promise<boolean> {
    this.#persisted = await this.#manager.persist();
    return this.#persisted;
  }
}

function sharing(
  images: readonly (readonly { readonly digest: Digest; readonly size: number }[])[],
): Sharing {
  const seen = new Map<Digest, { size: number; uses: number }>();
  for (const layers of images) {
    for (const { digest, size } of new Map(layers.map((layer) => [layer.digest, layer])).values()) {
      const layer = seen.get(digest);
      if (layer) layer.uses++;
      else seen.set(digest, { size, uses: 1 });
    }
  }
  let layers = 0;
  let saved = 0;
  for (const { size, uses } of seen.values()) {
    if (uses < 2) continue;
    layers++;
    saved += size * (uses - 1);
  }
  return { layers, saved };
}
