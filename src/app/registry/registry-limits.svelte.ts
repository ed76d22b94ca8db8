import type { Clock } from '../../base/task';
import type { RateLimit } from '../../registry/http/rate-limit';

/** What is left of a registry's limit, as the status bar shows it. */
export interface ShownLimit {
  readonly registry: string;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Until when nothing more is to be had, milliseconds since the epoch; undefined while something is. */
  readonly endsAt: number | undefined;
}

/** How far the limits of registries are used up: what each said last. */
export class RegistryLimits {
  #limits = $state.raw<ReadonlyMap<string, ShownLimit>>(new Map());
  #latest = $state('');
  readonly #now: Clock;

  constructor(now: Clock) {
    this.#now = now;
  }

  /** Of the registry that said something last; undefined where none has. */
  get latest(): ShownLimit | undefined {
    return this.#limits.get(this.#latest);
  }

  /** When a registry's limit ends, where it is used up and that is known. */
  endOf(registry: string): number | undefined {
    return this.#limits.get(registry)?.endsAt;
  }

  /** Takes what an answer says. One that says nothing ends a limit that was used up: something was to be had. */
  tell(registry: string, { limit, remaining, retryAfter }: RateLimit, isPassed: boolean): void {
    const before = this.#limits.get(registry);
    if (isPassed) {
      const endsAt = retryAfter === null ? undefined : this.#now() + retryAfter * 1000;
      this.#set({ registry, limit: limit ?? before?.limit ?? null, remaining: 0, endsAt });
      if (retryAfter !== null) setTimeout(() => this.#end(registry, endsAt), retryAfter * 1000);
    } else if (remaining !== null) {
      this.#set({ registry, limit, remaining, endsAt: undefined });
    } else if (before?.remaining === 0) this.#drop(registry);
  }

  #set(shown: ShownLimit): void {
    this.#limits = new Map(this.#limits).set(shown.registry, shown);
    this.#latest = shown.registry;
  }

  #end(registry: string, endsAt: number | undefined): void {
    if (this.endOf(registry) === endsAt) this.#drop(registry);
  }

  #drop(registry: string): void {
    const limits = new Map(this.#limits);
    limits.delete(registry);
    this.#limits = limits;
  }
}
