/** Tells when nothing has come for a while. It costs no timer per chunk: one runs on, and looks at when the wait began. */
export class IdleWatch {
  readonly #milliseconds: number;
  readonly #onIdle: () => void;
  #waitingSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number, onIdle: () => void) {
    this.#milliseconds = milliseconds;
    this.#onIdle = onIdle;
  }

  /** From now on something is waited for: called again whenever something came. */
  wait(): void {
    this.#waitingSince = Date.now();
    this.#timer ??= setTimeout(this.#look, this.#milliseconds);
  }

  /** Nothing is waited for: it is the reader that takes its time. */
  rest(): void {
    this.#waitingSince = undefined;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitingSince = undefined;
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    if (this.#waitingSince === undefined) return;
    const left = this.#waitingSince + this.#milliseconds - Date.now();
    if (left <= 0) this.#onIdle();
    else this.#timer = setTimeout(this.#look, left);
  };
}
