import type { ByteSource } from '../base/byte-source';
import type { TaskOptions } from '../base/task';
import type { Digest } from '../oci/digest';

/** What a layer must turn out to be. What is undefined is not known beforehand and not checked. */
export interface ExpectedLayer {
  readonly digest?: Digest | undefined;
  /** Bytes, as stored. */
  readonly size?: number | undefined;
  readonly diffId?: Digest | undefined;
  /** What to call it in an error: `layer 3 (blobs/sha256/5c4e…)`. */
  readonly what: string;
  /** Where the bytes begin in the archive, so that an error can say so; bytes. */
  readonly archiveOffset?: number | undefined;
}

export type LayerCompression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2';

/** What one pass over a layer gives. The blob and the index are in the store, not yet named by any image. */
export interface IngestedLayer {
  readonly digest: Digest;
  readonly diffId: Digest;
  /** Bytes, as stored. */
  readonly size: number;
  readonly compression: LayerCompression;
  /** Bytes of file content in it (dive's and docker's size of a layer). */
  readonly unpackedSize: number;
  /** Bytes of the uncompressed tar. */
  readonly tarSize: number;
  readonly entryCount: number;
}

export interface IngestLayerOptions extends TaskOptions {
  /**
   * What has come of a layer whose digest is known stays when the rest does not come, and the next attempt goes on there. For bytes that
   * come from afar: those that are wrong are fetched once more, from the first byte on.
   */
  readonly resumable?: boolean | undefined;
  /** Gets the index of what has been read so far, a few times while a layer is read. The buffer is the listener's. */
  readonly onPartialIndex?: ((index: ArrayBuffer) => void) | undefined;
}

/**
 * Reads a layer once: checks digest, size and diff ID, builds and stores its index, stores its bytes as they came. `main.ts` hands in the
 * worker pool's, Node's tests the direct one. Rejects with a CodedError and stores nothing when the layer is not what was expected.
 */
export type IngestLayer = (
  source: ByteSource,
  expected: ExpectedLayer,
  options?: IngestLayerOptions,
) => Promise<IngestedLayer>;

/**
 * Unpacks an archive's outer compression to bytes that can be read at random and that live until `release`. `main.ts` hands in the
 * worker pool's.
 */
export type UnpackArchive = (source: ByteSource, options?: TaskOptions) => Promise<UnpackedArchive>;

export interface UnpackedArchive {
  readonly source: ByteSource;
  release(): Promise<void>;
}
