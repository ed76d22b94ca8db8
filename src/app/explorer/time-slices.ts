import { nextTask } from '../../base/next-task';
import type { AbortOptions } from '../../base/task';

/** Milliseconds of work between two frames: leaves half of a frame to the browser. */
const SLICE_MS = 8;

/** Runs work that pauses by yielding, in slices that fit a frame. Rejects with the signal's reason when it aborts. */
export async function inSlices<T>(
  work: Generator<void, T>,
  { signal }: AbortOptions = {},
): Promise<T> {
  let started = performance.now();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() - started < SLICE_MS) continue;
    await nextTask();
    signal?.throwIfAborted();
    started = performance.now();
  }
}
