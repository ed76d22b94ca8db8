import type { Clock, Progress } from './task';

const INTERVAL_MS = 100;

/** Adds up what was done and reports it at most ten times a second, and once at the end. */
export class ProgressMeter {
  #done = 0;
  #reportedAt = -Infinity;
  readonly #base: Omit<Progress, 'done'>;
  readonly #report: ((progress: Progress) => void) | undefined;
  readonly #now: Clock;

  constructor(
    base: Omit<Progress, 'done'>,
    report: ((progress: Progress) => void) | undefined,
    now: Clock = () => performance.now(),
  ) {
    this.#base = base;
    this.#report = report;
    this.#now = now;
  }

  /** Total done so far, in `unit`. */
  get done(): number {
    return this.#done;
  }

  add(amount: number): void {
    this.#done += amount;
    const now = this.#now();
    if (now - this.#reportedAt < INTERVAL_MS) return;
    this.#reportedAt = now;
    this.#report?.({ ...this.#base, done: this.#done });
  }

  /** Reports the last figure, whenever the previous report was. */
  finish(): void {
    this.#report?.({ ...this.#base, done: this.#done });
  }
}
