import type { Clock, Progress } from '../base/task';

const WINDOW_MS = 3000;
const SETTLED_MS = 300;

/** How fast a task has been over its last three seconds. A new phase starts anew, as its bytes are others. */
export class SpeedMeter {
  readonly #now: Clock;
  #phase: string | undefined;
  #samples: { readonly at: number; readonly done: number }[] = [];

  constructor(now: Clock) {
    this.#now = now;
  }

  /** Takes in a report; bytes a second, or undefined while it is too early to say. */
  add({ phase, done, unit }: Progress): number | undefined {
    if (unit !== 'bytes') return undefined;
    const at = this.#now();
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#samples = [];
    }
    this.#samples.push({ at, done });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > WINDOW_MS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    if (!first || at - first.at < SETTLED_MS) return undefined;
    return ((done - first.done) / (at - first.at)) * 1000;
  }
}
