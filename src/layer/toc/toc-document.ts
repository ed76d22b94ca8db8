import { encodeUtf8 } from '../../base/bytes';
import type { JsonValue } from '../../base/errors';
import { LIMITS } from '../../base/limits';
import { parseTimestamp } from '../../base/timestamp';
import type { TarEntry, TarEntryType } from '../../codec/tar/tar-entry';
import { isDigest, type Digest } from '../../oci/digest';
import { Fields, isArray, parseJson } from '../../oci/json';
import { LayerError } from '../errors';

/** A run of a file's bytes that can be unpacked without what is before it. */
export interface TocChunk {
  /** Where unpacking begins in the stored layer, bytes; undefined for zeros that are not stored. */
  readonly offset: number | undefined;
  /** Unpacked bytes to leave out after `offset`. */
  readonly innerOffset: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Of the unpacked bytes, where the table gives one for each chunk. */
  readonly digest: Digest | undefined;
}

/** One entry of a table of contents. */
export interface TocEntry {
  /** As a tar reader would tell it, but for its place in the tar, which no table knows. */
  readonly header: TarEntry;
  /** Of a file's whole content; undefined for an empty file, and for what is no file. */
  readonly digest: Digest | undefined;
  /** In the order of the file; together they are `header.size` bytes. */
  readonly chunks: readonly TocChunk[];
}

const TYPES: ReadonlyMap<string, TarEntryType> = new Map([
  ['reg', 'file'],
  ['dir', 'dir'],
  ['symlink', 'symlink'],
  ['hardlink', 'hardlink'],
  ['char', 'char'],
  ['block', 'block'],
  ['fifo', 'fifo'],
]);

/**
 * Reads the JSON that eStargz and zstd:chunked share. Throws `bad-toc` for what does not hang together, `bad-json`, `bad-document`,
 * `json-too-large`, and `limit-exceeded` for too many entries.
 * https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md#toc-tocentries-and-footer
 */
export function parseToc(bytes: Uint8Array, what: string): readonly TocEntry[] {
  const json = parseJson(bytes, { what, maxBytes: LIMITS.tocBytes });
  const fields = new Fields(json, what);
  if (fields.raw('version') !== 1) throw badToc(what, 'its version is not 1');
  const written = fields.raw('entries');
  if (!isArray(written)) throw badToc(what, 'it has no entries');
  if (written.length > LIMITS.layerEntries) {
    throw new LayerError(
      'limit-exceeded',
      `${what} has ${written.length} entries, more than the ${LIMITS.layerEntries} allowed.`,
      { detail: { what, limit: LIMITS.layerEntries } },
    );
  }
  return groupEntries(written, what);
}

/** Throws `bad-toc`; `problem` is the rest of a sentence. */
export function badToc(what: string, problem: string): LayerError {
  return new LayerError('bad-toc', `${what} cannot be used: ${problem}.`, { detail: { what } });
}

interface OpenEntry {
  readonly fields: Fields;
  readonly header: TarEntry;
  readonly chunks: Fields[];
}

/** Chunks after a file's first are entries of their own, right behind the file's. */
function groupEntries(written: readonly JsonValue[], what: string): readonly TocEntry[] {
  const entries: TocEntry[] = [];
  let open: OpenEntry | undefined;
  written.forEach((value, i) => {
    const fields = new Fields(value, `entry ${i} of ${what}`);
    if (fields.raw('type') === 'chunk') {
      if (open?.header.type !== 'file') throw badToc(what, `entry ${i} is a chunk of no file`);
      open.chunks.push(fields);
      return;
    }
    if (open) entries.push(closeEntry(open));
    open = { fields, header: headerOf(fields), chunks: [fields] };
  });
  if (open) entries.push(closeEntry(open));
  return entries;
}

function closeEntry({ fields, header, chunks }: OpenEntry): TocEntry {
  if (header.size === 0) return { header, digest: undefined, chunks: [] };
  const digest = digestOf(fields, 'digest');
  return { header, digest, chunks: chunksOf(chunks, header.size, digest) };
}

function headerOf(fields: Fields): TarEntry {
  const type = TYPES.get(fields.string('type'));
  if (!type) throw badToc(fields.what, 'its type is none of a tar’s');
  const path = encodeUtf8(fields.string('name'));
  if (path.length > LIMITS.tarNameBytes) throw badToc(fields.what, 'its name is too long');
  const size = type === 'file' ? numberOf(fields, 'size') : 0;
  return {
    path,
    type,
    mode: numberOf(fields, 'mode') & 0o7777,
    uid: numberOf(fields, 'uid'),
    gid: numberOf(fields, 'gid'),
    size,
    storedSize: size,
    contentOffset: 0,
    headerOffset: 0,
    mtime: mtimeOf(fields),
    linkname: encodeUtf8(fields.optionalString('linkName') ?? ''),
    uname: fields.optionalString('userName') ?? '',
    gname: fields.optionalString('groupName') ?? '',
    devMajor: numberOf(fields, 'devMajor'),
    devMinor: numberOf(fields, 'devMinor'),
    xattrs: xattrsOf(fields),
  };
}

/** Seconds since the epoch; 0 for a time that is not there, which Go's zero time stands for, too. */
function mtimeOf(fields: Fields): number {
  const time = parseTimestamp(fields.optionalString('modtime') ?? '');
  return time && time.seconds >= -0x8000_0000 ? time.seconds : 0;
}

function xattrsOf(fields: Fields): ReadonlyMap<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>();
  for (const [name, value] of fields.stringMap('xattrs')) xattrs.set(name, fromBase64(value));
  return xattrs;
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** A chunk whose size is not given goes to the end of the file. */
function chunksOf(
  written: readonly Fields[],
  fileSize: number,
  whole: Digest | undefined,
): readonly TocChunk[] {
  let end = 0;
  const isOne = written.length === 1;
  return written.map((fields, i) => {
    if (numberOf(fields, 'chunkOffset') !== end) {
      throw badToc(fields.what, `its chunk does not begin at byte ${end} of the file`);
    }
    const size = isOne ? fileSize : numberOf(fields, 'chunkSize') || fileSize - end;
    end += size;
    const isLast = i === written.length - 1;
    if (size <= 0 || (isLast ? end !== fileSize : end >= fileSize)) {
      throw badToc(fields.what, `its chunks are not the ${fileSize} bytes of the file`);
    }
    const digest = digestOf(fields, 'chunkDigest') ?? (isOne ? whole : undefined);
    if (!digest && !whole) throw badToc(fields.what, 'it has no digest');
    const offset = numberOf(fields, 'offset');
    // Byte 0 is in the header of the first entry, so that no content begins there.
    if (offset === 0 && fields.raw('chunkType') !== 'zeros') {
      throw badToc(fields.what, 'it does not say where its content is');
    }
    const innerOffset = numberOf(fields, 'innerOffset');
    return { offset: offset || undefined, innerOffset, size, digest };
  });
}

/** A whole number that is not negative; 0 for what is not there. */
function numberOf(fields: Fields, key: string): number {
  return (fields.raw(key) ?? undefined) === undefined ? 0 : fields.size(key);
}

function digestOf(fields: Fields, key: string): Digest | undefined {
  const text = fields.optionalString(key) ?? '';
  if (text === '' || isDigest(text)) return text === '' ? undefined : text;
  throw badToc(fields.what, `its ${key} is not a sha256 digest`);
}
