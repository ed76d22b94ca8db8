import type { Digest } from '../../oci/digest';
import type { Ref } from '../../store/metadata-store';

/** Names that are left, and how many point to each target. */
export class DraftRefs {
  readonly #refs: Map<string, Ref>;
  readonly #pointing = new Map<Digest, number>();

  constructor(refs: readonly Ref[]) {
    this.#refs = new Map(refs.map((ref) => [ref.name, ref]));
    for (const { target } of this.#refs.values()) this.#count(target.digest, 1);
  }

  get all(): readonly Ref[] {
    return [...this.#refs.values()];
  }

  /** Takes a name away, and says what it pointed to; undefined where there is no such name. */
  delete(name: string): Digest | undefined {
    const target = this.#refs.get(name)?.target.digest;
    if (target === undefined) return undefined;
    this.#refs.delete(name);
    this.#count(target, -1);
    return target;
  }

  pointTo(target: Digest): boolean {
    return (this.#pointing.get(target) ?? 0) > 0;
  }

  #count(target: Digest, by: 1 | -1): void {
    this.#pointing.set(target, (this.#pointing.get(target) ?? 0) + by);
  }
}
