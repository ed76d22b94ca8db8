import type { LibraryRow } from '../library/library-row';

/** What can be done to images that are chosen. */
export type RowAction = 'save' | 'tag' | 'remove';

/** A question that has to be answered before something is done to images. */
export type ActionDialog =
  | {
      readonly kind: RowAction;
      readonly rows: readonly LibraryRow[];
      /** The only one that is chosen to begin with; all of them without it. */
      readonly platform?: string | undefined;
    }
  | { readonly kind: 'push'; readonly row: LibraryRow }
  | { readonly kind: 'prune' }
  | { readonly kind: 'import'; readonly file: File };

/** What can be done to stored images by mouse: each opens its dialog, over any screen. */
export class ImageActions {
  #dialog = $state.raw<ActionDialog | undefined>(undefined);

  /** The one that is open. */
  get dialog(): ActionDialog | undefined {
    return this.#dialog;
  }

  open(kind: RowAction, rows: readonly LibraryRow[], platform?: string): void {
    if (rows.length > 0) this.#dialog = { kind, rows, platform };
  }

  /** Asks under which name to push an image. */
  openPush(row: LibraryRow): void {
    this.#dialog = { kind: 'push', row };
  }

  /** Asks which unused images to remove. */
  openPrune(): void {
    this.#dialog = { kind: 'prune' };
  }

  /** Asks what the image of a root filesystem is to be like. */
  openImport(file: File): void {
    this.#dialog = { kind: 'import', file };
  }

  close(): void {
    this.#dialog = undefined;
  }
}
