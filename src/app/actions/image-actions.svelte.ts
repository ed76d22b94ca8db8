import type { LibraryRow } from '../library/library-row';

/** A question that has to be answered before something is done to images. */
export interface ActionDialog {
  readonly kind: 'save' | 'tag' | 'remove';
  readonly rows: readonly LibraryRow[];
}

/** What can be done to stored images by mouse: each opens its dialog, over any screen. */
export class ImageActions {
  #dialog = $state.raw<ActionDialog | undefined>(undefined);

  /** The one that is open. */
  get dialog(): ActionDialog | undefined {
    return this.#dialog;
  }

  open(kind: ActionDialog['kind'], rows: readonly LibraryRow[]): void {
    if (rows.length > 0) this.#dialog = { kind, rows };
  }

  close(): void {
    this.#dialog = undefined;
  }
}
