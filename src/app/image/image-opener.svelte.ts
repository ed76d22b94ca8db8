import { isAbort, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { ExploredImage } from '../explorer/explored-image.svelte';
import { explorerParts, type ExplorerParts } from '../explorer/explorer-parts';
import type { AskedImage, OpenImage } from './image-source';

export type OpenerState =
  | { readonly kind: 'opening' | 'missing' }
  | { readonly kind: 'open'; readonly image: ExploredImage; readonly parts: ExplorerParts }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** The image that a route names, opened. */
export class ImageOpener {
  readonly #openImage: OpenImage;
  #state = $state.raw<OpenerState>({ kind: 'opening' });

  constructor(openImage: OpenImage) {
    this.#openImage = openImage;
  }

  get state(): OpenerState {
    return this.#state;
  }

  /** Opens an image; what the returned function closes is that one. */
  open(asked: AskedImage): () => void {
    const controller = new AbortController();
    let close = (): void => controller.abort();
    this.#state = { kind: 'opening' };
    this.#openImage(asked, { signal: controller.signal }).then(
      (source) => {
        if (controller.signal.aborted) source?.close();
        else if (!source) this.#state = { kind: 'missing' };
        else {
          const parts = explorerParts();
          close = () => {
            source.close();
            parts.close();
          };
          this.#state = { kind: 'open', image: new ExploredImage(source), parts };
        }
      },
      (error: unknown) => {
        if (isAbort(error) || controller.signal.aborted) return;
        this.#state = { kind: 'failed', error: toErrorRecord(error) };
      },
    );
    return () => close();
  }
}
