import type { Digest } from '../oci/digest';

/** The index of a layer on its way into the store. */
export interface LayerIndexBytes {
  readonly diffId: Digest;
  readonly bytes: ArrayBuffer;
}

/** Layer indexes under diff IDs, as bytes whose format belongs to layer/. They come in with their layers. A damaged or old index is rebuilt from its blob. */
export interface IndexStore {
  get(diffId: Digest): Promise<ArrayBuffer | undefined>;
  /** One for each diff ID, in one look: undefined for what is not here. */
  getAll(diffIds: readonly Digest[]): Promise<readonly (ArrayBuffer | undefined)[]>;
  delete(diffId: Digest): Promise<boolean>;
  list(): AsyncIterable<Digest>;
}

/** Small things a user chose, as JSON values under dotted names. */
export interface SettingsStore {
  get(name: string): Promise<unknown>;
  /** The names that begin so. */
  names(prefix: string): Promise<readonly string[]>;
  set(name: string, value: unknown): Promise<void>;
  delete(name: string): Promise<void>;
}
