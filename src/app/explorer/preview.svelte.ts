import { formatCapabilities } from '../../analysis/capabilities';
import { escapeBytes } from '../../base/bytes';
import { toErrorRecord, type ErrorRecord } from '../../base/errors';
import type { LayerEntry } from '../../layer/index/layer-index';
import type { Digest } from '../../oci/digest';
import type { ReadFileRequest } from '../image/image-source';
import type { ExploredImage } from './explored-image.svelte';
import { readContent, type PreviewContent } from './preview-content';

/** Bytes that a preview reads of a file. */
const PREVIEW_BYTES = 512 * 1024;
/** Bytes of an attribute's value that are shown. */
const SHOWN_ATTRIBUTE = 1024;
/** A file up to this is hashed without being asked for, bytes. */
const HASH_UNASKED_BYTES = 4 * 1024 * 1024;

/** Bytes that a preview fetches of a registry without asking: one of the chunks that eStargz makes of large files, 4 MiB, fits in. */
const FETCH_UNASKED_BYTES = 5 * 1024 * 1024;

export type PreviewState =
  | { readonly kind: 'loading' }
  /** Even the beginning of it takes many bytes of its layer, which is in a registry. */
  | { readonly kind: 'asking'; readonly bytes: number }
  | {
      readonly kind: 'ready';
      readonly content: PreviewContent;
      /** True where the file goes on after what is shown. */
      readonly isCut: boolean;
    }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  /** Nothing to read: a directory, a link, a device. */
  | { readonly kind: 'none' };

export type HashState =
  | { readonly kind: 'unknown' | 'running' }
  | { readonly kind: 'known'; readonly digest: Digest }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** The file that is selected: its first bytes, and its digest. */
export class Preview {
  readonly #image: ExploredImage;
  #state = $state.raw<PreviewState>({ kind: 'none' });
  #hash = $state.raw<HashState>({ kind: 'unknown' });
  /** Of the file that is shown. */
  #signal: AbortSignal | undefined;

  constructor(image: ExploredImage) {
    this.#image = image;
  }

  get state(): PreviewState {
    return this.#state;
  }

  get hash(): HashState {
    return this.#hash;
  }

  /** Layers that hold an entry of this path, base first; a layer that removes it is not one of them. */
  layersOf(path: string): readonly number[] {
    return this.#image.layers
      .map(({ position }) => position)
      .filter((position) => this.#image.find(position, path)?.entry.whiteout === false);
  }

  /** Extended attributes of an entry, readable; the capabilities, which have no name of their own here, first. */
  attributesOf(path: string, layer: number): readonly { name: string; value: string }[] {
    const found = this.#image.find(layer, path);
    if (!found || found.entry.position >= found.index.entryCount) return [];
    const attributes = [...found.index.xattrs(found.entry.position)].map(([name, value]) => {
      const text = name === 'security.capability' ? formatCapabilities(value) : undefined;
      return text === undefined
        ? { name, value: escapeBytes(value.subarray(0, SHOWN_ATTRIBUTE)) }
        : { name: '', value: text };
    });
    return attributes.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Shows the file at `path` as `layer` has it. What was shown before stays until the next is there, or 100 ms. */
  show(entry: LayerEntry | undefined, layer: number | undefined, signal: AbortSignal): void {
    this.#signal = signal;
    this.#hash = { kind: 'unknown' };
    if (!entry || layer === undefined || !isReadable(entry)) {
      this.#state = { kind: 'none' };
      return;
    }
    const slow = setTimeout(() => {
      if (!signal.aborted) this.#state = { kind: 'loading' };
    }, 100);
    const request = { path: entry.path, layer, budget: FETCH_UNASKED_BYTES };
    void this.#read(request, signal).finally(() => {
      clearTimeout(slow);
    });
    if (entry.size <= this.#hashUnasked(layer)) this.computeHash(entry.path, layer);
  }

  /** Shows what was asked about, whatever it takes. */
  showAnyway(path: string, layer: number): void {
    if (!this.#signal) return;
    this.#state = { kind: 'loading' };
    void this.#read({ path, layer }, this.#signal);
  }

  computeHash(path: string, layer: number): void {
    const signal = this.#signal;
    if (!signal) return;
    this.#hash = { kind: 'running' };
    this.#image.source.hashFile({ layer, path }, { signal }).then(
      (digest) => {
        if (!signal.aborted) this.#hash = { kind: 'known', digest };
      },
      (error: unknown) => {
        if (!signal.aborted) this.#hash = failedHash(toErrorRecord(error));
      },
    );
  }

  /** The whole file, to be saved. */
  async file(path: string, layer: number): Promise<Blob> {
    return this.#image.source.readFile({ layer, path });
  }

  /** Of a layer that is fetched file by file, what the preview fetches anyway. */
  #hashUnasked(layer: number): number {
    const state = this.#image.source.remote?.fetching.state(layer);
    const isAtHand = state?.kind !== 'read' || state.way === 'whole' || state.way === 'stored';
    return isAtHand ? HASH_UNASKED_BYTES : PREVIEW_BYTES;
  }

  async #read(request: ReadFileRequest, signal: AbortSignal): Promise<void> {
    try {
      // One byte more tells a file that ends here from one that goes on.
      const cut = { ...request, limit: PREVIEW_BYTES + 1 };
      const blob = await this.#image.source.readFile(cut, { signal });
      const bytes = new Uint8Array(await blob.slice(0, PREVIEW_BYTES).arrayBuffer());
      if (signal.aborted) return;
      const isCut = blob.size > PREVIEW_BYTES;
      this.#state = { kind: 'ready', content: readContent(bytes, isCut), isCut };
    } catch (error) {
      if (!signal.aborted) this.#state = failedState(toErrorRecord(error));
    }
  }
}

/** What took more than is fetched unasked can still be asked for. */
function failedHash(error: ErrorRecord): HashState {
  return error.code === 'over-budget' ? { kind: 'unknown' } : { kind: 'failed', error };
}

function failedState(error: ErrorRecord): PreviewState {
  const { bytes } = error.detail;
  return error.code === 'over-budget' && typeof bytes === 'number'
    ? { kind: 'asking', bytes }
    : { kind: 'failed', error };
}

function isReadable({ type, whiteout }: LayerEntry): boolean {
  return !whiteout && (type === 'file' || type === 'hardlink');
}
