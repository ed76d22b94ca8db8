import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import { blobMissing, metadataConflict, refConflict } from '../errors';
import {
  isSameImage,
  type ExpectedMetadata,
  type ImageReader,
  type ImageRoot,
  type MetadataChange,
  type Ref,
  type RefReader,
} from '../metadata-store';

/** Refs and images in memory, changed as one. */
export class MemoryMetadata {
  #refs = new Map<string, Descriptor>();
  #images = new Map<Digest, ImageRoot>();

  readonly refs: RefReader = {
    resolve: (name) => Promise.resolve(this.#refs.get(name)),
    list: () => iterate(this.#sortedRefs()),
  };

  readonly images: ImageReader = {
    get: (digest) => Promise.resolve(this.#images.get(digest)),
    list: () => iterate([...this.#images.values()]),
  };

  roots(): Iterable<ImageRoot> {
    return this.#images.values();
  }

  /** Throws `store-conflict` or `blob-missing`, and has then changed nothing. */
  apply(change: MetadataChange, isStored: (digest: Digest) => boolean): void {
    this.#checkExpected(change.expected ?? {});
    const refs = new Map(this.#refs);
    const images = new Map(this.#images);
    for (const name of change.deleteRefs ?? []) refs.delete(name);
    for (const digest of change.deleteImages ?? []) images.delete(digest);
    for (const image of change.putImages ?? []) {
      const missing = image.blobs.find((digest) => !isStored(digest));
      if (missing && !this.#images.has(image.target.digest)) throw blobMissing(missing);
      images.set(image.target.digest, structuredClone(image));
    }
    for (const { name, target } of change.putRefs ?? []) refs.set(name, structuredClone(target));
    for (const [name, { digest }] of refs) if (!images.has(digest)) throw refConflict(name, digest);
    this.#refs = refs;
    this.#images = images;
  }

  #checkExpected({ refs = [], images = [] }: ExpectedMetadata): void {
    for (const [name, target] of refs) {
      if ((this.#refs.get(name)?.digest ?? null) !== target) throw metadataConflict(name);
    }
    for (const [digest, image] of images) {
      const stored = this.#images.get(digest);
      if (!isSameImage(image, stored)) throw metadataConflict(`The image ${digest}`);
    }
  }

  #sortedRefs(): readonly Ref[] {
    return [...this.#refs]
      .map(([name, target]) => ({ name, target }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, memory is not
export async function* iterate<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
