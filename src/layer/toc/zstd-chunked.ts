import { bytesSource, concatBytes, forEachChunk, type ByteRange } from '../../base/byte-source';
import { LIMITS } from '../../base/limits';
import { decompress } from '../../codec/compression/decompress';
import { sha256Digest } from '../../codec/hash/sha256';
import type { Digest } from '../../oci/digest';
import { readExactly, type UnpackedToc, type SizedSource, type TocOptions } from './packed-toc';
import { badToc } from './toc-document';
import { tocMismatch } from './toc-mismatch';

/** Of the layer's descriptor: the digest of the table as it is stored, packed. The second is what older tools wrote. */
export const ZSTD_CHUNKED_CHECKSUMS = [
  'io.github.containers.zstd-chunked.manifest-checksum',
  'io.containers.zstd-chunked.manifest-checksum',
] as const;

/** Of the layer's descriptor: `offset:packed size:size:type` of the table. */
const POSITIONS = [
  'io.github.containers.zstd-chunked.manifest-position',
  'io.containers.zstd-chunked.manifest-position',
] as const;

/** The one type of table there is: that of CRFS, which eStargz has too. */
const TYPE_CRFS = 1;
/** Of the footer's payload, as tools of different age write it. */
const FOOTER_SIZES = [64, 56, 40] as const;
const FRAME_HEADER_BYTES = 8;
/** `GNUlInUx`, or `GnUlInUx`. */
const FOOTER_MAGIC = /^GNUlInUx$/i;

interface TocPosition {
  readonly offset: number;
  readonly packedSize: number;
  readonly size: number;
}

export interface ZstdChunkedOptions extends TocOptions {
  /** Of the layer's descriptor. */
  readonly annotations: ReadonlyMap<string, string>;
  /** Of the packed table; undefined where only a digest of its JSON is known. */
  readonly checksum: Digest | undefined;
}

/**
 * The table of contents of a zstd:chunked layer, which lies in a skippable frame behind its contents. Rejects with `bad-toc` where the layer
 * has none, and with `digest-mismatch` where it is not the one that `checksum` is of.
 * https://github.com/containers/storage/blob/main/docs/containers-storage-zstd-chunked.md
 */
export async function readZstdChunkedToc(
  source: SizedSource,
  { annotations, checksum, what, signal }: ZstdChunkedOptions,
): Promise<UnpackedToc> {
  const text = POSITIONS.map((name) => annotations.get(name)).find((each) => each !== undefined);
  const position =
    text === undefined ? await readFooter(source, { what, signal }) : parseTocPosition(text, what);
  const { offset, packedSize, size } = position;
  const end = offset + packedSize;
  if (end > source.size)
    throw badToc(what, `it is said to end at byte ${end}, past the layer’s end`);
  if (Math.max(packedSize, size) > LIMITS.tocBytes) {
    throw badToc(what, `it is larger than the ${LIMITS.tocBytes} bytes allowed`);
  }
  const packed = await readExactly(source, { start: offset, end }, { what, signal });
  if (checksum !== undefined) await checkSum(packed, checksum, what);
  return { json: await unpack(packed, size, { what, signal }), contentEnd: offset };
}

/** Reads `offset:packed size:size:type`. Throws `bad-toc`. */
export function parseTocPosition(text: string, what: string): TocPosition {
  const match = /^(\d{1,16}):(\d{1,16}):(\d{1,16}):(\d{1,16})$/.exec(text);
  const [offset = 0, packedSize = 0, size = 0, type = 0] = (match ?? []).slice(1).map(Number);
  if (!match) throw badToc(what, 'the manifest does not say where it is');
  return checkPosition({ offset, packedSize, size, type }, what);
}

async function readFooter(source: SizedSource, { what, signal }: TocOptions): Promise<TocPosition> {
  const range: ByteRange = {
    start: Math.max(0, source.size - FOOTER_SIZES[0] - FRAME_HEADER_BYTES),
    end: source.size,
  };
  const footer = parseZstdChunkedFooter(await readExactly(source, range, { what, signal }));
  if (!footer) throw badToc(what, 'the layer does not end with the footer of zstd:chunked');
  return checkPosition(footer, what);
}

/** What the skippable frame at the end of `tail` says; undefined where there is no such frame. */
export function parseZstdChunkedFooter(
  tail: Uint8Array,
): (TocPosition & { readonly type: number }) | undefined {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const magic = String.fromCharCode(...tail.subarray(-8));
  const size = FOOTER_SIZES.find((each) => {
    const frame = tail.length - each - FRAME_HEADER_BYTES;
    return (
      frame >= 0 &&
      view.getUint32(frame, true) >>> 4 === 0x184d2a5 &&
      view.getUint32(frame + 4, true) === each
    );
  });
  if (size === undefined || !FOOTER_MAGIC.test(magic)) return undefined;
  const field = (i: number) => Number(view.getBigUint64(tail.length - size + i * 8, true));
  return { offset: field(0), packedSize: field(1), size: field(2), type: field(3) };
}

function checkPosition(
  { type, ...position }: TocPosition & { readonly type: number },
  what: string,
): TocPosition {
  if (type !== TYPE_CRFS) throw badToc(what, `it is of type ${type}, which is not known`);
  const isUsable = Object.values(position).every(
    (value) => Number.isSafeInteger(value) && value > 0,
  );
  if (!isUsable) throw badToc(what, 'the layer does not say where it is');
  return position;
}

async function checkSum(
  packed: Uint8Array<ArrayBuffer>,
  expected: Digest,
  what: string,
): Promise<void> {
  const found = await sha256Digest(packed);
  if (found !== expected) throw tocMismatch(what, { found, expected });
}

async function unpack(
  packed: Uint8Array<ArrayBuffer>,
  size: number,
  { what, signal }: TocOptions,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let unpacked = 0;
  const visit = (chunk: Uint8Array): void => {
    unpacked += chunk.length;
    if (unpacked > size)
      throw badToc(what, `it unpacks to more than the ${size} bytes that it is said to have`);
    parts.push(chunk.slice());
  };
  await forEachChunk(decompress(bytesSource(packed), 'zstd', { what, signal }), visit, { signal });
  if (unpacked < size) throw badToc(what, `it unpacks to ${unpacked} bytes, not ${size}`);
  return concatBytes(parts);
}
