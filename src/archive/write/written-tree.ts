import { sha256Digest } from '../../codec/hash/sha256';
import type { PlatformSummary } from '../../image/image-summary';
import type { EncodedLayer, LayerEncoding } from '../../layer/encode-layer';
import type { LayerCompression } from '../../layer/ingest-layer';
import type { Digest } from '../../oci/digest';
import { MediaType } from '../../oci/media-types';
import {
  rewriteIndex,
  rewriteManifest,
  type NewDescriptor,
  type NewLayer,
} from './rewrite-documents';
import type { StoredIndex, StoredManifest, StoredNode, StoredTree } from './stored-tree';

/** Layers packed anew, by the digest under which they are stored. */
export interface EncodedLayers {
  readonly encoding: LayerEncoding | undefined;
  readonly layers: ReadonlyMap<Digest, EncodedLayer>;
}

/** A platform as it is in the archive. */
export interface WrittenManifest {
  readonly platform: PlatformSummary;
  /** Base layer first. */
  readonly layers: readonly { readonly digest: Digest; readonly compression: LayerCompression }[];
}

/** An image as it is in the archive. */
export interface WrittenTree {
  readonly target: NewDescriptor;
  /** True where the target is another than the one that is stored. */
  readonly isNew: boolean;
  /** True where attachments are left out, as they speak of digests that changed. */
  readonly hasLostAttachments: boolean;
  readonly manifests: readonly WrittenManifest[];
  /** Every blob that is needed: a document's bytes, a layer packed anew, or undefined for what goes along as it is stored. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array<ArrayBuffer> | EncodedLayer | undefined>;
}

/** The documents of an image around its layers as they are now. What does not change keeps its bytes. */
export async function writeTree(
  { target }: StoredTree,
  encoded: EncodedLayers,
): Promise<WrittenTree> {
  const writer = new TreeWriter(encoded);
  const written = await writer.write(target);
  return {
    target: written,
    isNew: written.digest !== target.descriptor.digest,
    hasLostAttachments: writer.hasLostAttachments,
    manifests: writer.manifests,
    blobs: writer.blobs,
  };
}

class TreeWriter {
  readonly blobs = new Map<Digest, Uint8Array<ArrayBuffer> | EncodedLayer | undefined>();
  readonly manifests: WrittenManifest[] = [];
  hasLostAttachments = false;
  readonly #encoded: EncodedLayers;
  readonly #written = new Map<Digest, NewDescriptor>();

  constructor(encoded: EncodedLayers) {
    this.#encoded = encoded;
  }

  async write(node: StoredIndex | StoredManifest): Promise<NewDescriptor> {
    const { digest } = node.descriptor;
    const known = this.#written.get(digest);
    if (known) return known;
    const written = await (node.kind === 'index'
      ? this.#writeIndex(node)
      : this.#writeManifest(node));
    this.#written.set(digest, written);
    return written;
  }

  async #writeManifest({ descriptor, bytes, platform }: StoredManifest): Promise<NewDescriptor> {
    const layers = new Map(platform.layers.map((layer) => [layer.digest, this.#layer(layer)]));
    const written = platform.layers.flatMap(({ digest }) => layers.get(digest) ?? []);
    this.manifests.push({ platform, layers: written });
    this.blobs.set(platform.imageId, undefined);
    for (const { digest } of platform.layers) {
      const encoded = this.#encoded.layers.get(digest);
      this.blobs.set(encoded?.digest ?? digest, encoded);
    }
    if (!written.some(({ isNew }) => isNew)) {
      return this.#document(bytes, descriptor.mediaType || MediaType.ociManifest);
    }
    const rewritten = rewriteManifest(bytes, layers, descriptor.digest);
    return this.#document(rewritten, MediaType.ociManifest);
  }

  #layer({ digest, size, compression }: PlatformSummary['layers'][number]): NewLayer {
    const encoded = this.#encoded.layers.get(digest);
    const { encoding = compression } = this.#encoded;
    return encoded
      ? { digest: encoded.digest, size: encoded.size, compression: encoding, isNew: true }
      : { digest, size, compression, isNew: false };
  }

  async #writeIndex({ descriptor, bytes, children }: StoredIndex): Promise<NewDescriptor> {
    const changed = new Map<string, NewDescriptor>();
    for (const child of children) {
      if (child.kind === 'attachment') continue;
      const written = await this.write(child);
      if (written.digest !== child.descriptor.digest) {
        changed.set(child.descriptor.digest, written);
      }
    }
    const left = this.#writeAttachments(children, changed);
    if (changed.size === 0) {
      return this.#document(bytes, descriptor.mediaType || MediaType.ociIndex);
    }
    return this.#document(rewriteIndex(bytes, changed, left), MediaType.ociIndex);
  }

  /** Those of documents that stay; the digests of the others are the answer. */
  #writeAttachments(
    children: readonly StoredNode[],
    changed: ReadonlyMap<string, NewDescriptor>,
  ): ReadonlySet<string> {
    const left = new Set<string>();
    for (const child of children) {
      if (child.kind !== 'attachment') continue;
      if (child.attests !== undefined && changed.has(child.attests)) {
        left.add(child.descriptor.digest);
        this.hasLostAttachments = true;
      } else for (const digest of child.blobs) this.blobs.set(digest, undefined);
    }
    return left;
  }

  async #document(bytes: Uint8Array<ArrayBuffer>, mediaType: string): Promise<NewDescriptor> {
    const digest = await sha256Digest(bytes);
    this.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }
}
