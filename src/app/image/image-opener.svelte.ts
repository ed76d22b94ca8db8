import { isAbort, toErrorRecord, type ErrorRecord } from '../../base/errors';
import { ExploredImage } from '../explorer/explored-image.svelte';
import { explorerParts, type ExplorerParts } from '../explorer/explorer-parts';
import type { AbortOptions } from '../../base/task';
import type { ImageSource } from './image-source';

export type OpenerState =
  | { readonly kind: 'opening' | 'missing' }
  | { readonly kind: 'open'; readonly image: ExploredImage; readonly parts: ExplorerParts }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** Undefined where there is no such image. */
type OpenAsked<Asked> = (asked: Asked, options: AbortOptions) => Promise<ImageSource | undefined>;

/** The image that a route names, opened. */
export class ImageOpener<Asked> {
  readonly #openImage: OpenAsked<Asked>;
  #state = $state.raw<OpenerState>({ kind: 'opening' });

  constructor(openImage: OpenAsked<Asked>) {
    this.#openImage = openImage;
  }

  get state(): OpenerState {
    return this.#state;
  }

  /** Opens an image; what the returned function closes is that one. */
  open(asked: Asked): () => void {
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
    return () => {
      close();
      this.#state = { kind: 'opening' };
    };
  }
}
