import { readRange, sliceSource, type ByteSource } from '../base/byte-source';
import { decodeUtf8, escapeBytes } from '../base/bytes';
import { LIMITS } from '../base/limits';
import type { AbortOptions } from '../base/task';
import type { TarEntry } from '../codec/tar/tar-entry';
import { ArchiveError } from './errors';

/** One file of an archive, links already followed. */
export interface ArchiveFile {
  /** Its own path in the archive, which is not the path asked for where links were followed. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Where its bytes begin in the (unpacked) archive, bytes. */
  readonly offset: number;
}

type Node =
  | { readonly kind: 'file'; readonly file: ArchiveFile; readonly sparse: boolean }
  | { readonly kind: 'link'; readonly target: string; readonly fromRoot: boolean }
  | { readonly kind: 'other' };

/** An entry whose name leads out of the archive. */
interface UnsafeEntry {
  readonly path: string;
  /** Of its header, bytes. */
  readonly offset: number;
}

/**
 * The table of contents of an image archive: names to entries, whatever their order. Of entries with the same name the last counts.
 * Symlinks resolve from the directory they lie in, hardlinks from the archive's root, to entries before or after them.
 */
export class ArchiveEntries {
  /** The archive's file name, for the sentences of errors. */
  readonly name: string;
  readonly #source: ByteSource;
  readonly #nodes = new Map<string, Node>();
  #unsafe: UnsafeEntry | undefined;

  constructor(source: ByteSource, name: string) {
    this.#source = source;
    this.name = name;
  }

  add(entry: TarEntry): void {
    const path = pathText(entry.path);
    const parts = path.split('/');
    if (path.startsWith('/') || parts.includes('..')) {
      this.#unsafe ??= { path, offset: entry.headerOffset };
      return;
    }
    const key = parts.filter(isName).join('/');
    if (key !== '') this.#nodes.set(key, nodeOf(entry, key));
  }

  /** Names as they stand, links not followed, in the order of the archive. */
  paths(): IterableIterator<string> {
    return this.#nodes.keys();
  }

  get count(): number {
    return this.#nodes.size;
  }

  /** Throws `unsafe-path` where an entry's own name leads out of the archive. */
  refuseUnsafeNames(): void {
    if (!this.#unsafe) return;
    const { path, offset } = this.#unsafe;
    throw new ArchiveError(
      'unsafe-path',
      `${this.name} names an entry "${shorten(path)}" (offset ${offset}), which leads out of the archive.`,
      { detail: { archive: this.name, entry: shorten(path), offset } },
    );
  }

  /** The file at a path, undefined where there is none. Throws `unsafe-path`, `link-cycle` or `bad-archive`. */
  find(path: string): ArchiveFile | undefined {
    const node = this.#nodes.get(this.#resolve(path));
    if (node?.kind !== 'file') return undefined;
    if (node.sparse) {
      throw new ArchiveError(
        'bad-archive',
        `${shorten(path)} in ${this.name} is stored as a sparse file (offset ${node.file.offset}), which an image archive cannot hold.`,
        { detail: { archive: this.name, entry: shorten(path), offset: node.file.offset } },
      );
    }
    return node.file;
  }

  /** The file at a path. Throws `missing-entry` beside what `find` throws. */
  file(path: string): ArchiveFile {
    const file = this.find(path);
    if (file) return file;
    throw new ArchiveError('missing-entry', `${shorten(path)} is not in ${this.name}.`, {
      detail: { archive: this.name, entry: shorten(path) },
    });
  }

  bytesOf({ offset, size }: ArchiveFile): ByteSource {
    return sliceSource(this.#source, { start: offset, end: offset + size });
  }

  /** A file whole. Throws `limit-exceeded` past `maxBytes`. */
  async read(
    file: ArchiveFile,
    maxBytes: number,
    options?: AbortOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (file.size > maxBytes) {
      throw new ArchiveError(
        'limit-exceeded',
        `${file.path} in ${this.name} is ${file.size} bytes, more than the ${maxBytes} bytes allowed.`,
        { detail: { archive: this.name, entry: file.path, size: file.size, limit: maxBytes } },
      );
    }
    return readRange(this.#source, { start: file.offset, end: file.offset + file.size }, options);
  }

  /** The first bytes of a file, at most `length`. */
  head(file: ArchiveFile, length: number, options?: AbortOptions): Promise<Uint8Array> {
    const end = file.offset + Math.min(length, file.size);
    return readRange(this.#source, { start: file.offset, end }, options);
  }

  /** The path with every link in it followed, as the engine does inside the folder that it unpacks an archive to. */
  #resolve(path: string): string {
    if (path.startsWith('/')) throw this.#leadsOut(path);
    const rest = path.split('/').reverse();
    const walked: string[] = [];
    let hops = 0;
    for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
      if (part === '..') {
        if (walked.pop() === undefined) throw this.#leadsOut(path);
        continue;
      }
      if (!isName(part)) continue;
      walked.push(part);
      const node = this.#nodes.get(walked.join('/'));
      if (node?.kind !== 'link') continue;
      if (++hops > LIMITS.linkHops) throw this.#cycle(path);
      if (node.fromRoot) walked.length = 0;
      else walked.pop();
      rest.push(...node.target.split('/').reverse());
    }
    return walked.join('/');
  }

  #leadsOut(path: string): ArchiveError {
    return new ArchiveError(
      'unsafe-path',
      `"${shorten(path)}" in ${this.name} leads out of the archive.`,
      { detail: { archive: this.name, entry: shorten(path) } },
    );
  }

  #cycle(path: string): ArchiveError {
    return new ArchiveError(
      'link-cycle',
      `"${shorten(path)}" in ${this.name} leads through more than ${LIMITS.linkHops} links, or in a circle.`,
      { detail: { archive: this.name, entry: shorten(path), limit: LIMITS.linkHops } },
    );
  }
}

function nodeOf(entry: TarEntry, path: string): Node {
  const target = pathText(entry.linkname);
  switch (entry.type) {
    case 'file': {
      const { size, contentOffset: offset } = entry;
      return { kind: 'file', file: { path, size, offset }, sparse: entry.sparse !== undefined };
    }
    case 'symlink':
      return { kind: 'link', target, fromRoot: target.startsWith('/') };
    case 'hardlink':
      return { kind: 'link', target, fromRoot: true };
    case 'dir':
    case 'char':
    case 'block':
    case 'fifo':
      return { kind: 'other' };
  }
}

/** Documents name entries in UTF-8; what is not UTF-8 cannot be named by them, and is only shown. */
function pathText(bytes: Uint8Array): string {
  return decodeUtf8(bytes) ?? escapeBytes(bytes);
}

function isName(part: string): boolean {
  return part !== '' && part !== '.';
}

/** A name from outside, short enough for a sentence. */
export function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
