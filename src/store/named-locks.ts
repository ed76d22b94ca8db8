import type { AbortOptions } from '../base/task';
import { untilAbort } from '../base/until-abort';

/** Exclusive locks by name, which end with the context that holds them. */
export interface NamedLocks {
  /** Waits for its turn, and answers with the way to let go (harmless twice). Abort rejects with `signal.reason`. */
  acquire(name: string, options?: AbortOptions): Promise<() => void>;
  /** Names held in any context that shares the store; undefined where nobody can tell. */
  held(): Promise<ReadonlySet<string> | undefined>;
}

/** Locks among the callers of one instance: for a store that no other context can see, or where there are no Web Locks. */
export class ProcessLocks implements NamedLocks {
  /** Settles when the last of those who asked for a name has let go of it. */
  readonly #tails = new Map<string, Promise<unknown>>();

  async acquire(name: string, { signal }: AbortOptions = {}): Promise<() => void> {
    signal?.throwIfAborted();
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const before = this.#tails.get(name);
    const tail: Promise<unknown> = Promise.all([before, released]).then(() => {
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    });
    this.#tails.set(name, tail);
    try {
      if (before) await untilAbort(before, signal);
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  held(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
