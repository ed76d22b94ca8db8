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

/** What a change was worked out from. */
export interface ExpectedMetadata {
  /** What each name points to; null for a name that is free. */
  readonly refs?: readonly (readonly [name: string, target: Digest | null])[];
  /** Each image as it was read, by the digest of its target; null for one that is not stored. */
  readonly images?: readonly (readonly [target: Digest, image: ImageRoot | null])[];
}

/** What changes at once, or not at all. Deletions first, then puts. */
export interface MetadataChange {
  /** Where any of it has changed meanwhile, nothing is changed, and `commit` rejects with `store-conflict`. */
  readonly expected?: ExpectedMetadata;
  readonly deleteRefs?: readonly string[];
  readonly deleteImages?: readonly Digest[];
  readonly putImages?: readonly ImageRoot[];
  readonly putRefs?: readonly Ref[];
}

/** True where nobody has stored, tagged, removed or forgotten anything of an image between two reads of it. */
export function isSameImage(one: ImageRoot | null, other: ImageRoot | undefined): boolean {
  const facts = ({ target, blobs, storedAt, repoDigests }: ImageRoot): string =>
    [target.digest, storedAt, ...blobs, ...repoDigests].join();
  return one && other ? facts(one) === facts(other) : !one && !other;
}

/** What was found out about stored blobs by `drydock verify`; cleared when the blob is stored again. */
export interface BlobProblem {
  readonly digest: Digest;
  readonly reason: 'corrupt' | 'missing';
  /** One sentence. */
  readonly detail: string;
}
