import type { AbortOptions } from '../../base/task';
import { ProcessLocks, type NamedLocks } from '../named-locks';

/** Web Locks: seen by every context of the origin, and gone with the one that holds them. */
class WebLocks implements NamedLocks {
  readonly #manager: LockManager;

  constructor(manager: LockManager) {
    this.#manager = manager;
  }

  acquire(name: string, { signal }: AbortOptions = {}): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const held = (): Promise<void> => new Promise((release) => resolve(release));
      this.#manager.request(name, signal ? { signal } : {}, held).catch(reject);
    });
  }

  async held(): Promise<ReadonlySet<string>> {
    const { held = [] } = await this.#manager.query();
    return new Set(held.flatMap(({ name }) => (name === undefined ? [] : [name])));
  }
}

/** The locks of one connection to one store. */
export class StoreLocks implements NamedLocks {
  readonly #locks: NamedLocks;
  readonly #prefix: string;
  readonly #releases = new Set<() => void>();

  /** Without a lock manager other tabs cannot be seen, and what they write lives by its age alone. */
  constructor(store: string, manager: LockManager | undefined) {
    this.#locks = manager ? new WebLocks(manager) : new ProcessLocks();
    this.#prefix = `drydock:${store}:`;
  }

  async acquire(name: string, options: AbortOptions = {}): Promise<() => void> {
    const letGo = await this.#locks.acquire(this.#prefix + name, options);
    const release = (): void => {
      this.#releases.delete(release);
      letGo();
    };
    this.#releases.add(release);
    return release;
  }

  async held(): Promise<ReadonlySet<string> | undefined> {
    const held = await this.#locks.held();
    if (!held) return undefined;
    const own = [...held].filter((name) => name.startsWith(this.#prefix));
    return new Set(own.map((name) => name.slice(this.#prefix.length)));
  }

  releaseAll(): void {
    for (const release of this.#releases) release();
  }
}
