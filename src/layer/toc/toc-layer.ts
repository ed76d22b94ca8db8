import type { AbortOptions } from '../../base/task';
import { sha256Digest } from '../../codec/hash/sha256';
import type { Descriptor } from '../../oci/descriptor';
import { isDigest, type Digest } from '../../oci/digest';
import { ESTARGZ_TOC_DIGEST, readEstargzToc } from './estargz';
import { findFile } from '../find-file';
import type { LayerIndex } from '../index/layer-index';
import { openLayerIndex } from '../index/open-layer-index';
import type { SizedSource, TocOptions, UnpackedToc } from './packed-toc';
import { readTocContent, type TocContentParts } from './toc-content';
import { badToc, parseToc, type TocEntry } from './toc-document';
import { indexToc } from './toc-index';
import { tocMismatch } from './toc-mismatch';
import { readZstdChunkedToc, ZSTD_CHUNKED_CHECKSUMS } from './zstd-chunked';

export type TocFormat = 'estargz' | 'zstd:chunked';

/** What a manifest says of a layer's table of contents: without a digest to hold it against, a table is not believed. */
export interface TocClaim {
  readonly format: TocFormat;
  /** Of the table's JSON. */
  readonly jsonDigest: Digest | undefined;
  /** Of the table as it is stored, packed. */
  readonly packedDigest: Digest | undefined;
  readonly annotations: ReadonlyMap<string, string>;
}

/** The table of contents that a layer's annotations name; undefined where they name none. */
export function tocClaim({
  mediaType,
  annotations,
}: Pick<Descriptor, 'mediaType' | 'annotations'>): TocClaim | undefined {
  if (!annotations) return undefined;
  const checksum = ZSTD_CHUNKED_CHECKSUMS.map((name) => annotations.get(name)).find(
    (each) => each !== undefined,
  );
  const json = annotations.get(ESTARGZ_TOC_DIGEST);
  const packedDigest = isDigest(checksum) ? checksum : undefined;
  const jsonDigest = isDigest(json) ? json : undefined;
  if (!packedDigest && !jsonDigest) return undefined;
  const isZstd = packedDigest !== undefined || mediaType.endsWith('zstd');
  return { format: isZstd ? 'zstd:chunked' : 'estargz', jsonDigest, packedDigest, annotations };
}

/** A layer of which only the table of contents was read, and a file's content when it is asked for. */
export interface TocLayer {
  readonly format: TocFormat;
  readonly index: LayerIndex;
  /** What `index` was opened from: its own bytes. */
  readonly encodedIndex: ArrayBuffer;
  /**
   * The content of a file, or of the file that a hard link of the same layer means, checked against its digest in the table. Rejects with
   * `no-such-path`, `not-a-file` and as `readTocContent` does.
   */
  read(path: string, options?: ReadTocFileOptions): Promise<Blob>;
}

export interface ReadTocFileOptions extends AbortOptions {
  /** Bytes of the file to read; all of them without it. */
  readonly limit?: number | undefined;
  /** Bytes of the layer that this may take: rejects with `over-budget`, and reads nothing, where it would be more. */
  readonly budget?: number | undefined;
}

/**
 * Opens a layer by its table of contents, at the cost of the table. What is proven: the table is the one that the manifest names. That it tells the
 * truth about the layer's tar is its maker's word; only reading the layer whole shows that. Rejects with `digest-mismatch` for another
 * table, and with `bad-toc` where there is none that can be used.
 */
export async function openTocLayer(
  source: SizedSource,
  claim: TocClaim,
  options: TocOptions,
): Promise<TocLayer> {
  return tocLayer(source, claim, { toc: await fetchToc(source, claim, options), ...options });
}

/** The table alone, checked as `openTocLayer` does: who keeps it can open the layer again with `tocLayer`, without fetching it. */
export async function fetchToc(
  source: SizedSource,
  claim: TocClaim,
  options: TocOptions,
): Promise<UnpackedToc> {
  const toc = await readToc(source, claim, options);
  if (!claim.jsonDigest) return toc;
  const found = await sha256Digest(new Uint8Array(toc.json));
  if (found === claim.jsonDigest) return toc;
  throw tocMismatch(options.what, { found, expected: claim.jsonDigest });
}

/** A layer by its table, which was checked before. Rejects with `bad-toc`. */
export async function tocLayer(
  source: SizedSource,
  claim: TocClaim,
  { toc: { json, contentEnd }, ...options }: TocOptions & { readonly toc: UnpackedToc },
): Promise<TocLayer> {
  const entries = parseToc(json, options.what);
  const encodedIndex = await indexToc(entries);
  const index = openLayerIndex(encodedIndex);
  const parts: TocContentParts = {
    source,
    format: claim.format === 'estargz' ? 'gzip' : 'zstd',
    boundaries: boundariesOf(entries, contentEnd, options.what),
  };
  return {
    format: claim.format,
    index,
    encodedIndex,
    read: (path, reading = {}) => {
      const entry = entries[findFile([index], 0, path).location.offset];
      if (!entry) throw new RangeError(`there is no entry for ${path}`);
      return readTocContent(parts, entry, { ...reading, what: `the file "${path}"` });
    },
  };
}

function readToc(source: SizedSource, claim: TocClaim, options: TocOptions): Promise<UnpackedToc> {
  const { format, annotations, packedDigest } = claim;
  if (format === 'estargz') return readEstargzToc(source, options);
  return readZstdChunkedToc(source, { ...options, annotations, checksum: packedDigest });
}

/** Throws `bad-toc` for a content that is said to lie past the last. */
function boundariesOf(
  entries: readonly TocEntry[],
  contentEnd: number,
  what: string,
): Float64Array {
  const offsets = new Set([contentEnd]);
  for (const { chunks } of entries) {
    for (const { offset } of chunks) if (offset !== undefined) offsets.add(offset);
  }
  const sorted = Float64Array.from(offsets).sort();
  if (sorted.at(-1) !== contentEnd) {
    throw badToc(what, `it names a content at byte ${sorted.at(-1) ?? 0}, past byte ${contentEnd}`);
  }
  return sorted;
}
