import type { AbortOptions } from './task';
import { untilAbort } from './until-abort';

/** Lets so many tasks run at once, whatever they are for; others wait for their turn, in the order in which they came. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `task` when it is its turn. */
  async run<T>(task: () => Promise<T>, { signal }: AbortOptions = {}): Promise<T> {
    await this.acquire({ signal });
    try {
      return await task();
    } finally {
      this.release();
    }
  }

  /** Takes a slot, which `release` gives back. */
  async acquire({ signal }: AbortOptions = {}): Promise<void> {
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
      else this.release();
      throw error;
    }
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
