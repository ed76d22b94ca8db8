import type { AbortOptions } from '../../base/task';
import { untilAbort } from '../../base/until-abort';

/** Layers that are fetched at the same time, as docker's engine does it (`max-concurrent-downloads`). */
const SLOTS = 3;

/** Lets so many downloads run at once, whatever they are for; others wait for their turn. */
export class DownloadSlots {
  readonly #waiting: (() => void)[] = [];
  #free = SLOTS;

  /** Runs `download` when it is its turn. */
  async run<T>(download: () => Promise<T>, { signal }: AbortOptions = {}): Promise<T> {
    await this.#acquire(signal);
    try {
      return await download();
    } finally {
      this.#release();
    }
  }

  async #acquire(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    let begin: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => (begin = resolve));
    this.#waiting.push(begin);
    try {
      await untilAbort(turn, signal);
    } catch (error) {
      const at = this.#waiting.indexOf(begin);
      // Its turn may have come in the same moment.
      if (at >= 0) this.#waiting.splice(at, 1);
      else this.#release();
      throw error;
    }
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
