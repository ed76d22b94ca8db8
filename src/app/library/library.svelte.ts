import { listImages, type ListedImage } from '../../image/image-list';
import type { Digest } from '../../oci/digest';
import type { BlobProblem } from '../../store/metadata-store';
import type { Store } from '../../store/store';
import { askedPlatform } from '../image/asked-platform';
import type { AskedImage } from '../image/image-source';
import { storedRow, type LibraryRow } from './library-row';
import type { Settings } from '../settings.svelte';

/** The stored images, as the last look at the store found them. Looks again whenever this tab or another changes them. */
export class Library {
  #images = $state.raw<readonly ListedImage[]>([]);
  #problems = $state.raw<ReadonlyMap<Digest, BlobProblem>>(new Map());
  #ready = $state(false);
  readonly #rows: readonly LibraryRow[];
  readonly #store: Store;
  readonly #settings: Settings;
  #refreshing: Promise<void> | undefined;
  #stale = false;

  constructor(store: Store, settings: Settings) {
    this.#store = store;
    this.#settings = settings;
    this.#rows = $derived(this.#images.map((image) => storedRow(image, this.#problems)));
    store.onChange(() => void this.refresh());
  }

  /** False until the store was read once: until then nobody can say that there are no images. */
  get ready(): boolean {
    return this.#ready;
  }

  get rows(): readonly LibraryRow[] {
    return this.#rows;
  }

  /** Whether an image is stored, with any of its platforms; `without` leaves out what was stored under these digests. */
  has(asked: AskedImage, without?: ReadonlySet<Digest>): boolean {
    const roots = this.#images.flatMap((image) => image.roots);
    return roots.some((root) => !without?.has(root.target.digest) && askedPlatform(root, asked));
  }

  /** Reads the store again. Calls during a read are answered by one more read after it. */
  refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#stale = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#read().finally(() => {
      this.#refreshing = undefined;
      if (!this.#stale) return;
      this.#stale = false;
      void this.refresh();
    });
    return this.#refreshing;
  }

  async #read(): Promise<void> {
    const [images, problems] = await Promise.all([
      listImages(this.#store, this.#settings.platform),
      this.#store.problems(),
    ]);
    this.#images = images;
    this.#problems = new Map(problems.map((problem) => [problem.digest, problem]));
    this.#ready = true;
  }
}
