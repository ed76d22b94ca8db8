import type { RetryNote } from '../../registry/http/retry';

/** Which registries fail just now, and are asked again: who waits for one is to know why. */
export class RegistryRetries {
  #notes = $state.raw<ReadonlyMap<string, RetryNote>>(new Map());

  /** Undefined where the registry answers, or was not asked. */
  of(registry: string): RetryNote | undefined {
    return this.#notes.get(registry);
  }

  tell(registry: string, note: RetryNote | undefined): void {
    const notes = new Map(this.#notes);
    if (note) notes.set(registry, note);
    else notes.delete(registry);
    this.#notes = notes;
  }
}
