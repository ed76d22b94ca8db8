import { readRange } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import type { AbortOptions } from '../../base/task';
import { sha256Digest } from '../../codec/hash/sha256';
import { summaryOf } from '../../image/image-list';
import type { PlatformSummary } from '../../image/image-summary';
import type { Descriptor } from '../../oci/descriptor';
import type { Digest } from '../../oci/digest';
import { attestedDigest, parseImageIndex } from '../../oci/image-index';
import { parseManifest } from '../../oci/manifest';
import type { BlobReader } from '../../store/content-store';
import { documentKind } from '../../oci/document-kind';
import { ArchiveError } from '../errors';
import type { ImageToSave } from './image-to-save';

type Bytes = Uint8Array<ArrayBuffer>;

/** A manifest of a platform that goes along. */
export interface StoredManifest {
  readonly kind: 'manifest';
  readonly descriptor: Descriptor;
  readonly bytes: Bytes;
  readonly platform: PlatformSummary;
}

export interface StoredIndex {
  readonly kind: 'index';
  readonly descriptor: Descriptor;
  readonly bytes: Bytes;
  /** What goes along of what it names. */
  readonly children: readonly StoredNode[];
}

/** What hangs on an index and is no platform: an attestation, a signature, or another artifact. */
export interface StoredAttachment {
  readonly kind: 'attachment';
  readonly descriptor: Descriptor;
  /** Digest of the manifest that it speaks of, where it says so. */
  readonly attests: string | undefined;
  /** Its manifest, and those of its blobs that are here. */
  readonly blobs: readonly Digest[];
}

export type StoredNode = StoredIndex | StoredManifest | StoredAttachment;

/** An image as it is stored: what its index leads to, or its manifest alone. */
export interface StoredTree {
  readonly target: StoredIndex | StoredManifest;
  /** In the order of the index, each once. */
  readonly manifests: readonly StoredManifest[];
}

/** Rejects with `blob-missing`, and with what is wrong with a document. */
export async function readStoredTree(
  image: ImageToSave,
  content: BlobReader,
  options: AbortOptions = {},
): Promise<StoredTree> {
  const reader = new StoredTreeReader(image, content, options);
  const [only, ...others] = image.manifests ?? [];
  const target =
    only !== undefined && others.length === 0
      ? await reader.findManifest(image.root.target, only, 0)
      : await reader.read(image.root.target, 0);
  if (target?.kind !== 'index' && target?.kind !== 'manifest') throw notHere(image.root.target);
  return { target, manifests: reader.manifests };
}

class StoredTreeReader {
  readonly #content: BlobReader;
  readonly #options: AbortOptions;
  readonly #stored: ReadonlySet<string>;
  readonly #platforms: ReadonlyMap<Digest, PlatformSummary>;
  readonly #chosen: ReadonlySet<string>;
  readonly #manifests = new Map<Digest, StoredManifest>();

  constructor({ root, manifests }: ImageToSave, content: BlobReader, options: AbortOptions) {
    this.#content = content;
    this.#options = options;
    this.#stored = new Set([root.target.digest, ...root.blobs]);
    const { platforms } = summaryOf(root);
    this.#platforms = new Map(platforms.map((platform) => [platform.manifest, platform]));
    this.#chosen = new Set(manifests ?? this.#platforms.keys());
  }

  get manifests(): readonly StoredManifest[] {
    return [...this.#manifests.values()];
  }

  /** Undefined for what is not here, and for a platform that does not go along. */
  async read(descriptor: Descriptor, depth: number): Promise<StoredNode | undefined> {
    const { digest } = descriptor;
    if (!this.#stored.has(digest)) return undefined;
    const platform = this.#platforms.get(digest);
    if (platform) return this.#readManifest(descriptor, platform);
    const attested = attestedDigest(descriptor);
    if (attested !== undefined) {
      return this.#chosen.has(attested) ? this.#readAttachment(descriptor) : undefined;
    }
    if (!isDocument(descriptor)) return this.#readAttachment(descriptor);
    const bytes = await this.#document(digest);
    if (documentKind(descriptor, bytes, digest) !== 'index' || depth >= LIMITS.indexDepth) {
      return this.#readAttachment(descriptor);
    }
    const children: StoredNode[] = [];
    for (const child of parseImageIndex(bytes, digest).manifests) {
      const node = await this.read(child, depth + 1);
      if (node) children.push(node);
    }
    return { kind: 'index', descriptor, bytes, children };
  }

  /** The manifest alone, wherever in the index it is; with the platform that the index knows it by. */
  async findManifest(
    descriptor: Descriptor,
    wanted: Digest,
    depth: number,
  ): Promise<StoredNode | undefined> {
    if (descriptor.digest === wanted) return this.read(descriptor, depth);
    if (this.#platforms.has(descriptor.digest) || depth >= LIMITS.indexDepth) return undefined;
    if (!this.#stored.has(descriptor.digest) || !isDocument(descriptor)) return undefined;
    const bytes = await this.#document(descriptor.digest);
    if (documentKind(descriptor, bytes, descriptor.digest) !== 'index') return undefined;
    for (const child of parseImageIndex(bytes, descriptor.digest).manifests) {
      const found = await this.findManifest(child, wanted, depth + 1);
      if (found) return found;
    }
    return undefined;
  }

  async #readManifest(
    descriptor: Descriptor,
    platform: PlatformSummary,
  ): Promise<StoredManifest | undefined> {
    const { digest } = descriptor;
    if (!this.#chosen.has(digest)) return undefined;
    const known = this.#manifests.get(digest);
    if (known) return known;
    const bytes = await this.#document(digest);
    const manifest: StoredManifest = { kind: 'manifest', descriptor, bytes, platform };
    this.#manifests.set(digest, manifest);
    return manifest;
  }

  async #readAttachment(descriptor: Descriptor): Promise<StoredAttachment> {
    const { digest } = descriptor;
    const blobs = new Set([digest]);
    if (isDocument(descriptor)) {
      const bytes = await this.#document(digest);
      if (documentKind(descriptor, bytes, digest) === 'manifest') {
        const { config, layers } = parseManifest(bytes, digest);
        for (const part of [config, ...layers]) {
          if (this.#stored.has(part.digest)) blobs.add(part.digest);
        }
      }
    }
    return {
      kind: 'attachment',
      descriptor,
      attests: attestedDigest(descriptor),
      blobs: [...blobs],
    };
  }

  async #document(digest: Digest): Promise<Bytes> {
    const source = await this.#content.open(digest);
    const end = Math.min(source.size ?? LIMITS.manifestBytes, LIMITS.manifestBytes + 1);
    const bytes = await readRange(source, { start: 0, end }, this.#options);
    const found = await sha256Digest(bytes);
    if (found !== digest) throw damaged(digest, found);
    return bytes;
  }
}

/** What is stored as a blob of another type is not read, whatever its size. */
function isDocument({ mediaType }: Descriptor): boolean {
  return mediaType === '' || mediaType.endsWith('json');
}

function damaged(expected: Digest, found: Digest): ArchiveError {
  return new ArchiveError(
    'digest-mismatch',
    `The stored document ${expected} is damaged: its digest is ${found}. Load or pull the image again.`,
    { detail: { what: 'the manifest', expected, found } },
  );
}

function notHere({ digest }: Descriptor): ArchiveError {
  return new ArchiveError('missing-entry', `The image ${digest} has no platform that is here.`, {
    detail: { digest },
  });
}
