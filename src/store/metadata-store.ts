import type { Descriptor } from '../oci/descriptor';
import type { Digest } from '../oci/digest';

/** A name and what it points to. */
export interface Ref {
  /** Canonical: `docker.io/library/nginx:1.27` (`canonicalReference` of oci/). */
  readonly name: string;
  /** The manifest or index that the image was loaded as. */
  readonly target: Descriptor;
}

export interface RefReader {
  resolve(name: string): Promise<Descriptor | undefined>;
  /** By name, bytewise. */
  list(): AsyncIterable<Ref>;
}

/** A stored image, whether named or not: garbage collection starts from these. */
export interface ImageRoot {
  /** The manifest or index that the image was loaded as; its digest is the key. */
  readonly target: Descriptor;
  /** Every blob that must stay while the image is here: manifests, configs, layers, attestations. */
  readonly blobs: readonly Digest[];
  /** Diff IDs whose layer indexes must stay. */
  readonly diffIds: readonly Digest[];
  /** Milliseconds since the epoch when it was stored or last tagged. */
  readonly storedAt: number;
  /**
   * `name@sha256:…` under which a registry knows it; empty for what came from an archive. Canonical names.
   */
  readonly repoDigests: readonly string[];
  /** What image/ derives for listings, so that a list of images opens no blob; opaque to the store. */
  readonly summary: unknown;
}

export interface ImageReader {
  get(digest: Digest): Promise<ImageRoot | undefined>;
  list(): AsyncIterable<ImageRoot>;
}

/** What changes at once, or not at all. Deletions first, then puts. */
export interface MetadataChange {
  readonly deleteRefs?: readonly string[];
  readonly deleteImages?: readonly Digest[];
  readonly putImages?: readonly ImageRoot[];
  readonly putRefs?: readonly Ref[];
}

/** What was found out about stored blobs by `drydock verify`; cleared when the blob is stored again. */
export interface BlobProblem {
  readonly digest: Digest;
  readonly reason: 'corrupt' | 'missing';
  /** One sentence. */
  readonly detail: string;
}
