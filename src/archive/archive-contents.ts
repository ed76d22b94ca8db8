import { isCoded } from '../base/errors';
import { LIMITS } from '../base/limits';
import type { AbortOptions } from '../base/task';
import { sha256Digest } from '../codec/hash/sha256';
import type { CopyLayer } from '../image/copy';
import { digestHex, type Digest } from '../oci/digest';
import { shorten, type ArchiveEntries, type ArchiveFile } from './archive-entries';
import { ArchiveError } from './errors';

/** A document of an archive with the digest of its bytes. */
export interface ArchiveDocument {
  readonly file: ArchiveFile;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Computed, not claimed. */
  readonly digest: Digest;
}

/** What a layer file is claimed to be. */
export interface LayerClaim {
  readonly digest?: Digest;
  readonly diffId?: Digest;
  /** Bytes; the file's own size where nothing claims another. */
  readonly size?: number;
  readonly what: string;
}

/** Problems kept: the first is what a person is told. */
const MAX_PROBLEMS = 100;

/**
 * An archive's entries as the readers of all formats share them. Faults that leave the archive browsable are collected, not thrown: a
 * load refuses the archive with the first of them, and who wants to look inside still can.
 */
export class ArchiveContents {
  readonly entries: ArchiveEntries;
  readonly options: AbortOptions;
  readonly #problems: Error[] = [];
  readonly #layers = new Map<string, CopyLayer>();
  #documentBytes = 0;

  constructor(entries: ArchiveEntries, options: AbortOptions = {}) {
    this.entries = entries;
    this.options = options;
  }

  /** The archive's file name. */
  get name(): string {
    return this.entries.name;
  }

  /** What a load refuses this archive for, in the order in which it was found. */
  get problems(): readonly Error[] {
    return this.#problems;
  }

  report(problem: Error): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
  }

  /** What `read` gives, or undefined where it fails: then its error is reported. For what other images can be looked into without. */
  async attempt<T>(read: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!isCoded(error)) throw error;
      this.report(error);
      return undefined;
    }
  }

  /** A document at a path, whole. Throws what `find` throws, `missing-entry` and `limit-exceeded`. */
  async document(path: string, maxBytes: number): Promise<ArchiveDocument> {
    return this.#read(this.entries.file(path), maxBytes);
  }

  /** A document under its digest, checked; undefined where the archive has no such blob. A wrong digest is reported. */
  async blobDocument(
    digest: Digest,
    maxBytes: number = LIMITS.manifestBytes,
  ): Promise<ArchiveDocument | undefined> {
    const file = this.entries.find(blobPath(digest));
    if (!file) return undefined;
    const document = await this.#read(file, maxBytes);
    this.checkDigest(document, digest);
    return document;
  }

  checkDigest({ file, digest: found }: ArchiveDocument, expected: Digest): void {
    if (found === expected) return;
    this.report(
      new ArchiveError(
        'digest-mismatch',
        `${file.path} in ${this.name} (offset ${file.offset}) has the digest ${found}, not ${expected}.`,
        {
          detail: {
            archive: this.name,
            entry: file.path,
            offset: file.offset,
            expected,
            found,
          },
        },
      ),
    );
  }

  /** The file of a layer; where it is not to be found, that is reported. */
  layerFile(path: string, what: string): Promise<ArchiveFile | undefined> {
    return this.attempt(() => {
      const file = this.entries.find(path);
      if (file) return file;
      throw new ArchiveError('missing-entry', `${what} is not in ${this.name}.`, {
        detail: { archive: this.name, entry: shorten(path) },
      });
    });
  }

  /** A layer to copy. The same file under the same claim is the same layer, however many images name it. */
  layer(file: ArchiveFile, claim: LayerClaim): CopyLayer {
    const key = [file.offset, claim.digest, claim.diffId].join(' ');
    const known = this.#layers.get(key);
    if (known) return known;
    const layer: CopyLayer = {
      bytes: this.entries.bytesOf(file),
      expected: {
        digest: claim.digest,
        size: claim.size ?? file.size,
        diffId: claim.diffId,
        what: `${claim.what} in ${this.name}`,
        archiveOffset: file.offset,
      },
    };
    this.#layers.set(key, layer);
    return layer;
  }

  async #read(file: ArchiveFile, maxBytes: number): Promise<ArchiveDocument> {
    this.#documentBytes += file.size;
    if (this.#documentBytes > LIMITS.archiveDocumentBytes) throw this.#tooManyDocuments();
    const bytes = await this.entries.read(file, maxBytes, this.options);
    return { file, bytes, digest: await sha256Digest(bytes) };
  }

  #tooManyDocuments(): ArchiveError {
    const limit = LIMITS.archiveDocumentBytes;
    return new ArchiveError(
      'limit-exceeded',
      `${this.name} names more than the ${limit} bytes of documents allowed in one archive.`,
      { detail: { archive: this.name, limit } },
    );
  }
}

/** https://github.com/opencontainers/image-spec/blob/main/image-layout.md#blobs */
export function blobPath(digest: Digest): string {
  return `blobs/sha256/${digestHex(digest)}`;
}
