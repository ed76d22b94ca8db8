import type { LayerCompression } from '../layer/ingest-layer';
import type { Digest } from '../oci/digest';
import type { Platform } from '../oci/platform';

/** One platform of a stored image, with what listings show of it. The `summary` of an `ImageRoot` is a list of these. */
export interface PlatformSummary {
  /** Digest of the manifest. */
  readonly manifest: Digest;
  /** Digest of the configuration: the image ID. */
  readonly imageId: Digest;
  readonly platform: Platform;
  /** RFC 3339, as the configuration has it; undefined where it is absent. */
  readonly created?: string;
  /** Bytes of file content in all layers: docker's SIZE. */
  readonly unpackedSize: number;
  /** Bytes of all layer blobs, as stored. */
  readonly storedSize: number;
  readonly layers: readonly LayerSummary[];
  readonly labels: Readonly<Record<string, string>>;
  /** ID of the image that it was built on, where the archive held both and said so: inspect's `Parent`. */
  readonly parent?: Digest;
}

export interface LayerSummary {
  readonly digest: Digest;
  readonly diffId: Digest;
  /** Bytes, as stored. */
  readonly size: number;
  readonly compression: LayerCompression;
  readonly unpackedSize: number;
  readonly entryCount: number;
}

export interface ImageSummary {
  /** In the order of the index. Platforms whose blobs are not here are not in it. */
  readonly platforms: readonly PlatformSummary[];
  /** Platforms that the index names and whose blobs are not here. */
  readonly absent: readonly { readonly manifest: Digest; readonly platform: Platform }[];
}
