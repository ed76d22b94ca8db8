/** What opens the system's file dialog. */
type OpenDialog = () => void;

/**
 * The one way that files come in by choice: the input that every screen has. Files that nobody waits for go to `onFiles`; who waits for
 * one (a command that names a file) gets the next instead.
 */
export class FilePicker {
  readonly #onFiles: (files: readonly File[]) => void;
  #openDialog: OpenDialog | undefined;
  #waiting: ((file: File | undefined) => void) | undefined;

  constructor(onFiles: (files: readonly File[]) => void) {
    this.#onFiles = onFiles;
  }

  /** Called by the input once it is on the page. */
  connect(openDialog: OpenDialog): void {
    this.#openDialog = openDialog;
  }

  /** Opens the dialog. */
  open(): void {
    this.#openDialog?.();
  }

  /**
   * Waits for one file; undefined where the user chooses none or the signal aborts. The dialog opens only as an answer to a key or a
   * press: `open` can be called again from a button.
   */
  async pickOne(signal?: AbortSignal): Promise<File | undefined> {
    this.#settle(undefined);
    const picked = new Promise<File | undefined>((resolve) => {
      this.#waiting = resolve;
    });
    const abort = (): void => this.#settle(undefined);
    signal?.addEventListener('abort', abort, { once: true });
    this.open();
    try {
      return await picked;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Called by the input, and by whatever a file can be dropped on. */
  chosen(files: readonly File[]): void {
    if (this.#waiting) this.#settle(files[0]);
    else if (files.length > 0) this.#onFiles(files);
  }

  #settle(file: File | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(file);
  }
}
