import { LIMITS } from '../base/limits';
import type { CopyBlob, CopyDocument } from '../image/copy';
import type { Descriptor } from '../oci/descriptor';
import type { Digest } from '../oci/digest';
import { attestedDigest, parseImageIndex } from '../oci/image-index';
import { artifactTypeOf, parseManifest } from '../oci/manifest';
import type { ArchiveFile } from './archive-entries';
import { blobPath, type ArchiveContents } from './archive-contents';
import type { AbsentPlatform } from './archive-image';
import { documentKind } from '../oci/document-kind';
import { ArchiveError } from './errors';
import { readPlatform, type FoundManifest, type TreePlatform } from './manifest-platform';

/** What a descriptor leads to: through indexes, to the depth that the limits allow, down to manifests. */
export interface ImageTree {
  readonly target: Descriptor;
  /** Those that are here; where a layer of one is missing, `faults` says so. */
  readonly platforms: readonly TreePlatform[];
  readonly absent: readonly AbsentPlatform[];
  /** Indexes, manifests and configurations. */
  readonly documents: readonly CopyDocument[];
  /** Attestations, signatures and whatever else hangs on the indexes. */
  readonly attachments: readonly CopyBlob[];
  /** Types of the artifacts that were met. */
  readonly artifacts: readonly string[];
  /** What makes it unfit to be stored. */
  readonly faults: readonly Error[];
}

/** Follows a descriptor. Rejects with what is wrong with a document on the way. */
export async function readImageTree(
  contents: ArchiveContents,
  target: Descriptor,
): Promise<ImageTree> {
  const reader = new TreeReader(contents);
  await reader.read(target, 0);
  return reader.tree(target);
}

/** Follows the entries of an index that is no blob of the archive. */
export async function readIndexTree(
  contents: ArchiveContents,
  { target, bytes, what }: { target: Descriptor; bytes: Uint8Array<ArrayBuffer>; what: string },
): Promise<ImageTree> {
  const reader = new TreeReader(contents);
  await reader.readIndex({ digest: target.digest, bytes }, what, 0);
  return reader.tree(target);
}

class TreeReader {
  readonly #contents: ArchiveContents;
  /** Every document is read once: neither a circle nor an index that repeats itself costs more. */
  readonly #seen = new Set<Digest>();
  readonly #platforms: TreePlatform[] = [];
  readonly #hollow: { readonly absent: AbsentPlatform; readonly fault: Error }[] = [];
  readonly #documents = new Map<Digest, CopyDocument>();
  readonly #attachments = new Map<Digest, CopyBlob>();
  readonly #artifacts: string[] = [];
  readonly #faults: Error[] = [];

  constructor(contents: ArchiveContents) {
    this.#contents = contents;
  }

  tree(target: Descriptor): ImageTree {
    const isHere = this.#platforms.length > 0;
    return {
      target,
      platforms: this.#platforms,
      absent: isHere ? this.#hollow.map(({ absent }) => absent) : [],
      documents: [...this.#documents.values()],
      attachments: [...this.#attachments.values()],
      artifacts: this.#artifacts,
      faults: isHere ? this.#faults : [...this.#faults, ...this.#hollow.map(({ fault }) => fault)],
    };
  }

  async read(descriptor: Descriptor, depth: number): Promise<void> {
    const { digest } = descriptor;
    if (this.#seen.has(digest)) return;
    this.#seen.add(digest);
    if (attestedDigest(descriptor) !== undefined) return this.#attach(descriptor);
    const file = this.#contents.entries.find(blobPath(digest));
    if (!file) {
      this.#lacks(descriptor);
      return;
    }
    const what = `${file.path} in ${this.#contents.name}`;
    if (isOpaque(descriptor)) {
      this.#readOther(descriptor, file);
      return;
    }
    const document = await this.#contents.blobDocument(digest);
    if (!document) return;
    this.#checkSize(descriptor, file);
    const { bytes } = document;
    switch (documentKind(descriptor, bytes, what)) {
      case 'index':
        return this.readIndex({ digest, bytes }, what, depth);
      case 'manifest':
        return this.#readManifest({
          descriptor,
          bytes,
          what,
          manifest: parseManifest(bytes, what),
        });
      case 'schema1':
        throw schema1(this.#contents.name, file);
      case 'other':
        this.#readOther(descriptor, file);
    }
  }

  async readIndex(document: CopyDocument, what: string, depth: number): Promise<void> {
    if (depth >= LIMITS.indexDepth) {
      throw new ArchiveError(
        'limit-exceeded',
        `${what} is an index inside more than the ${LIMITS.indexDepth} levels of indexes allowed.`,
        { detail: { archive: this.#contents.name, what, limit: LIMITS.indexDepth } },
      );
    }
    this.#documents.set(document.digest, document);
    const index = parseImageIndex(document.bytes, what);
    for (const child of index.manifests) await this.read(child, depth + 1);
  }

  async #readManifest(found: FoundManifest): Promise<void> {
    const { descriptor, manifest, bytes } = found;
    const { digest } = descriptor;
    const artifactType = artifactTypeOf(manifest);
    if (artifactType !== undefined) {
      this.#artifacts.push(artifactType);
      return this.#attach(descriptor);
    }
    this.#documents.set(digest, { digest, bytes });
    const result = await readPlatform(this.#contents, found);
    if (result.kind === 'hollow') {
      this.#hollow.push({
        absent: { manifest: digest, platform: result.platform },
        fault: result.fault,
      });
      return;
    }
    this.#platforms.push(result.platform);
    this.#faults.push(...result.faults);
    for (const document of result.platform.documents)
      this.#documents.set(document.digest, document);
  }

  #readOther(descriptor: Descriptor, file: ArchiveFile): void {
    this.#artifacts.push(descriptor.artifactType ?? descriptor.mediaType);
    this.#attachFile(descriptor.digest, file);
  }

  #lacks({ digest, platform, mediaType }: Descriptor): void {
    const { name } = this.#contents;
    this.#hollow.push({
      absent: { manifest: digest, platform: platform ?? { os: '', architecture: '' } },
      fault: new ArchiveError(
        'missing-entry',
        `The ${mediaType.includes('index') ? 'index' : 'manifest'} ${digest} is not in ${name}.`,
        { detail: { archive: name, entry: blobPath(digest), digest } },
      ),
    });
  }

  /** Keeps an attestation or artifact: its manifest, and what of its blobs is here. */
  async #attach(descriptor: Descriptor): Promise<void> {
    const { digest } = descriptor;
    const file = this.#contents.entries.find(blobPath(digest));
    if (!file) return;
    this.#attachFile(digest, file);
    const document = await this.#contents.blobDocument(digest);
    if (!document) return;
    const what = `${file.path} in ${this.#contents.name}`;
    if (documentKind(descriptor, document.bytes, what) !== 'manifest') return;
    const manifest = parseManifest(document.bytes, what);
    for (const part of [manifest.config, ...manifest.layers]) {
      const blob = this.#contents.entries.find(blobPath(part.digest));
      if (blob) this.#attachFile(part.digest, blob);
    }
  }

  #attachFile(digest: Digest, file: ArchiveFile): void {
    this.#attachments.set(digest, {
      digest,
      size: file.size,
      bytes: this.#contents.entries.bytesOf(file),
      what: `${file.path} in ${this.#contents.name}`,
    });
  }

  #checkSize({ size }: Descriptor, file: ArchiveFile): void {
    if (size === file.size) return;
    const { name } = this.#contents;
    this.#faults.push(
      new ArchiveError(
        'size-mismatch',
        `${file.path} in ${name} (offset ${file.offset}) is ${file.size} bytes, not ${size} as its descriptor says.`,
        {
          detail: {
            archive: name,
            entry: file.path,
            offset: file.offset,
            expected: size,
            found: file.size,
          },
        },
      ),
    );
  }
}

/** A blob of a type that is not JSON: nothing to follow, whatever its size. */
function isOpaque({ mediaType }: Descriptor): boolean {
  return mediaType !== '' && !mediaType.endsWith('json') && !mediaType.endsWith('prettyjws');
}

function schema1(archive: string, { path }: ArchiveFile): ArchiveError {
  return new ArchiveError(
    'schema1',
    `${path} in ${archive} is a schema 1 manifest, a format that registries and engines have dropped; pull or push the image again with a current tool.`,
    { detail: { archive, entry: path } },
  );
}
