import type { RemoteFacts } from '../remote/remote-facts';
import type { ErrorRecord } from '../../base/errors';
import type { AbortOptions } from '../../base/task';
import type { LayerCompression } from '../../layer/ingest-layer';
import type { LayerIndex } from '../../layer/index/layer-index';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import type { ImageConfig } from '../../oci/image-config';
import type { Platform } from '../../oci/platform';

/** How far a layer's table of contents is. */
export type LayerState =
  | { readonly kind: 'waiting' }
  /** `index` holds what has been read so far; undefined until the first of it. */
  | { readonly kind: 'indexing'; readonly index: LayerIndex | undefined }
  | { readonly kind: 'ready'; readonly index: LayerIndex }
  /** `index` is what could be read before or in spite of the fault. */
  | {
      readonly kind: 'corrupt';
      readonly index: LayerIndex | undefined;
      readonly error: ErrorRecord;
    };

export interface ExploredLayer {
  /** From 0, the base. */
  readonly position: number;
  /** Of the blob, as stored or in the archive. */
  readonly descriptor: Descriptor;
  /** Undefined where the configuration does not name one for this layer. */
  readonly diffId: Digest | undefined;
  /** Bytes of file content; undefined until the layer has been read. */
  readonly unpackedSize: number | undefined;
  /** Bytes of the blob that are here; undefined where that is all of them. */
  readonly arrived?: number | undefined;
  /** What its bytes are, whatever its descriptor says; undefined until that is known. */
  readonly compression?: LayerCompression | undefined;
}

/** One platform of the image that is explored, for the switch. */
export interface ExploredPlatform {
  readonly manifest: Digest;
  readonly imageId: Digest;
  readonly platform: Platform;
}

/** Which image: its ID and, where several manifests have that configuration, one of them. */
export interface AskedImage {
  readonly imageId: Digest;
  readonly manifest?: Digest | undefined;
  /** Which of the archives that are looked into in this tab alone. Without it what is stored is meant, or on its way into the store. */
  readonly archive?: string | undefined;
}

/** Opens an image to be explored, wherever it is; undefined where it is nowhere. Rejects with what is wrong with its documents. */
export type OpenImage = (
  asked: AskedImage,
  options?: AbortOptions,
) => Promise<ImageSource | undefined>;

/**
 * What is known of an image's bytes. A shield is shown for `verified` alone; `remote` is in a registry, and looked at there;
 * of one that is `arriving`, not all bytes are here.
 */
export type Verification =
  'verified' | 'verifying' | 'arriving' | 'unverified' | 'corrupt' | 'missing' | 'remote';

/**
 * The image that is explored, wherever its bytes are: in the store, or in an archive that this tab has open (a load that still runs, a
 * corrupt file looked into, a plain root filesystem opened as one layer), or in a registry. What it gives is current at the time of the call; `onChange`
 * says when to ask again.
 */
export interface ImageSource {
  readonly origin: 'stored' | 'opened' | 'remote';
  /** What is known of an image in a registry that is not pulled. */
  readonly remote?: RemoteFacts | undefined;
  /** The configuration's digest. */
  readonly imageId: Digest;
  /** Of the manifest that is explored. */
  readonly descriptor: Descriptor;
  /** As people write them, the first is the title; empty for an untagged image. */
  readonly names: readonly string[];
  /** Those that are here, in the order of the index; one at least. */
  readonly platforms: readonly ExploredPlatform[];
  readonly config: ImageConfig;
  readonly rawConfig: Uint8Array;
  readonly rawManifest: Uint8Array;

  readonly verification: Verification;
  readonly layers: readonly ExploredLayer[];
  /** Throws RangeError where there is no such layer. */
  layerState(position: number): LayerState;
  /**
   * One file's content from the layer that holds it, its first `limit` bytes where that is given. Hardlinks are followed.
   * Rejects with `no-such-path`, `not-a-file`, `blob-missing`, or what its decompression has against it.
   */
  readFile(request: ReadFileRequest, options?: AbortOptions): Promise<Blob>;
  /** SHA-256 of one file's content. Rejects as `readFile` does. */
  hashFile(request: ReadFileRequest, options?: AbortOptions): Promise<Digest>;
  /** Calls back when a layer's state or the verification has changed, at most some ten times a second. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Stops what it had begun. */
  close(): void;
}

export interface ReadFileRequest {
  /** Position of the layer that holds the entry. */
  readonly layer: number;
  /** Of the entry, as its index gives it. */
  readonly path: string;
  /** Bytes; the whole file without it. */
  readonly limit?: number;
  /** Bytes that may be fetched for it, where it is in a registry: rejects with `over-budget` where it would be more. */
  readonly budget?: number;
}
