import type { AbortOptions } from '../../base/task';
import type { Digest } from '../../oci/digest';
import type { BlobInfo } from '../content-store';
import type { IndexStore, LayerIndexBytes, SettingsStore } from '../index-store';
import type { BlobProblem, MetadataChange } from '../metadata-store';
import type { Collected, Hold, StorageUsage, Store } from '../store';
import { ProcessLocks } from '../named-locks';
import { MemoryContentStore } from './memory-content-store';
import { iterate, MemoryMetadata } from './memory-metadata';

/** A store that lives as long as this context: for tests, and where the browser offers no storage. */
export function openMemoryStore(): Promise<Store> {
  return Promise.resolve(new MemoryStore());
}

class MemoryStore implements Store {
  readonly #metadata = new MemoryMetadata();
  readonly #indexes = new Map<Digest, ArrayBuffer>();
  readonly #settings = new Map<string, unknown>();
  readonly #holds = new Set<Set<Digest>>();
  readonly #listeners = new Set<() => void>();
  #problems: readonly BlobProblem[] = [];

  readonly locks = new ProcessLocks();
  readonly content = new MemoryContentStore((digest, index) => this.#stored(digest, index));
  readonly refs = this.#metadata.refs;
  readonly images = this.#metadata.images;

  readonly indexes: IndexStore = {
    get: (diffId) => Promise.resolve(this.#index(diffId)),
    getAll: (diffIds) => Promise.resolve(diffIds.map((diffId) => this.#index(diffId))),
    delete: (diffId) => Promise.resolve(this.#indexes.delete(diffId)),
    list: () => iterate([...this.#indexes.keys()]),
  };

  readonly settings: SettingsStore = {
    get: (name) => Promise.resolve(structuredClone(this.#settings.get(name))),
    names: (prefix) =>
      Promise.resolve([...this.#settings.keys()].filter((name) => name.startsWith(prefix))),
    set: (name, value) => Promise.resolve(void this.#settings.set(name, structuredClone(value))),
    delete: (name) => Promise.resolve(void this.#settings.delete(name)),
  };

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, memory is not
  async commit(change: MetadataChange): Promise<void> {
    this.#metadata.apply(change, (digest) => this.content.info(digest) !== undefined);
    for (const { blobs } of change.putImages ?? []) this.content.claim(blobs);
    this.#changed();
  }

  hold(): Promise<Hold> {
    const held = new Set<Digest>();
    this.#holds.add(held);
    return Promise.resolve({
      add: (...digests) => {
        for (const digest of digests) held.add(digest);
        return Promise.resolve(digests.flatMap((digest) => this.#soundInfo(digest)));
      },
      release: () => Promise.resolve(void this.#holds.delete(held)),
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, memory is not
  async collectGarbage({ signal }: AbortOptions = {}): Promise<Collected> {
    signal?.throwIfAborted();
    const kept = new Set<Digest>([...this.#holds].flatMap((held) => [...held]));
    for (const { target, blobs, diffIds } of this.#metadata.roots()) {
      for (const digest of [target.digest, ...blobs, ...diffIds]) kept.add(digest);
    }
    const unneeded = this.content.infos().filter(({ digest }) => !kept.has(digest));
    const garbage = unneeded.filter(({ digest }) => this.content.giveUp(digest));
    for (const diffId of this.#indexes.keys()) if (!kept.has(diffId)) this.#indexes.delete(diffId);
    if (garbage.length > 0) this.#changed();
    return {
      blobs: garbage.map(({ digest }) => digest),
      bytes: garbage.reduce((sum, { size }) => sum + size, 0),
    };
  }

  problems(): Promise<readonly BlobProblem[]> {
    return Promise.resolve(this.#problems);
  }

  setProblems(problems: readonly BlobProblem[]): Promise<void> {
    this.#problems = [...problems];
    this.#changed();
    return Promise.resolve();
  }

  usage(): Promise<StorageUsage> {
    const blobs = this.content.infos().reduce((sum, { size }) => sum + size, 0);
    const indexes = [...this.#indexes.values()].reduce((sum, index) => sum + index.byteLength, 0);
    return Promise.resolve({ usage: blobs + indexes, quota: null });
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
  }

  #index(diffId: Digest): ArrayBuffer | undefined {
    return this.#indexes.get(diffId)?.slice(0);
  }

  #putIndex({ diffId, bytes }: LayerIndexBytes): void {
    this.#indexes.set(diffId, bytes.slice(0));
    for (const held of this.#holds) held.add(diffId);
  }

  #soundInfo(digest: Digest): readonly BlobInfo[] {
    const info = this.content.info(digest);
    return info && !this.#problems.some((problem) => problem.digest === digest) ? [info] : [];
  }

  /** What is stored while a load holds is held, and sound whatever was found before. */
  #stored(digest: Digest, index: LayerIndexBytes | undefined): void {
    for (const held of this.#holds) held.add(digest);
    if (index) this.#putIndex(index);
    this.#problems = this.#problems.filter((problem) => problem.digest !== digest);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
