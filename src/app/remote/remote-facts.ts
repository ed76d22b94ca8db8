import type { ErrorRecord } from '../../base/errors';
import type { AbortOptions } from '../../base/task';
import type { TocFormat } from '../../layer/toc/toc-layer';
import type { ArtifactKind } from '../../oci/artifact-name';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import type { Reference } from '../../oci/reference';
import type { Task } from '../tasks.svelte';

/** A manifest or index as the registry has it. */
export interface RemoteDocumentFacts {
  readonly kind: 'index' | 'manifest';
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  /** What it names, in its order. */
  readonly names: readonly Descriptor[];
}

/** How a layer could be read, before anything of it is. */
export interface LayerOffer {
  /** Bytes of the layer: what is fetched without a table of contents. */
  readonly size: number;
  /** The table of contents by which it can be read for a small part of them. */
  readonly toc: TocFormat | undefined;
  /** Its vendor alone distributes it: the registry need not have it. */
  readonly isForeign: boolean;
}

export type FetchState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'fetching'; readonly task: Task }
  /** `fetched`: bytes of it that came. `stored`: none, the store has it. */
  | {
      readonly kind: 'read';
      readonly way: TocFormat | 'whole' | 'stored';
      readonly fetched: number;
    }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** Layers of a registry are fetched when that is asked for, and kept no longer than they are looked at. */
export interface LayerFetching {
  offer(position: number): LayerOffer;
  state(position: number): FetchState;
  /** What goes wrong is a state; nothing rejects. */
  fetch(positions: readonly number[]): void;
  /** Gives up what is being fetched. */
  cancel(): void;
}

/** What is known of an image in a registry beside what is known of any. */
export interface RemoteFacts {
  readonly reference: Reference;
  /** What the reference stands for: of the index, where there is one. */
  readonly digest: Digest;
  /** The index, where there is one, and the manifest of the platform. */
  readonly documents: readonly RemoteDocumentFacts[];
  /** What it is, where it is no image. */
  readonly artifact: ArtifactKind | undefined;
  /** Bytes to fetch for each platform, by the digest of its manifest. */
  readonly sizes: ReadonlyMap<Digest, number>;
  readonly fetching: LayerFetching;
  /** What is there about the image: named beside it by its index, and what names it as its subject. */
  listReferrers(options?: AbortOptions): Promise<readonly Descriptor[]>;
  /** A manifest of the same repository, to be looked at. */
  readDocument(digest: Digest, options?: AbortOptions): Promise<RemoteDocumentFacts>;
  /** A blob of the same repository, of `LIMITS.manifestBytes` at most, checked against its digest. */
  readBlob(blob: Descriptor, options?: AbortOptions): Promise<Uint8Array>;
}
