import { concatBytes } from '../../base/byte-source';
import { joinCrc32 } from '../hash/crc32';

/** Formats that layers can be packed in: those that engines and registries know. */
export type EncodedFormat = 'gzip' | 'zstd';

/** Of a piece, before it is packed: work enough for a worker's turn, and what bounds memory. All pieces have it but for the last. */
export const PIECE_BYTES = 4 * 1024 * 1024;

/** What the end of a stream says of one of its pieces. */
export interface PieceSum {
  /** Before it was packed. */
  readonly plainBytes: number;
  /** CRC-32 of what was packed; 0 where the format wants none. */
  readonly crc32: number;
}

/**
 * How a stream is composed of pieces that are packed on their own, side by side: head, packed pieces in their order, tail. The same bytes
 * whoever packs them, and however many at once.
 */
export interface PieceFormat {
  readonly head: Uint8Array<ArrayBuffer>;
  /** Bytes before a piece that packing it looks back at. */
  readonly lookBack: number;
  readonly tail: (pieces: readonly PieceSum[]) => Uint8Array<ArrayBuffer>;
}

/** Of a member without a name or a time, as zlib writes it (RFC 1952, section 2.3). */
const GZIP_HEAD = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
/** The last block, which is empty: pieces end with a block that is not the last (RFC 1951, section 3.2.3). */
const LAST_BLOCK = [3, 0];

function gzipTail(pieces: readonly PieceSum[]): Uint8Array<ArrayBuffer> {
  const sum = new DataView(new ArrayBuffer(8));
  const crc32 = pieces.reduce(
    (before, piece) => joinCrc32(before, piece.crc32, piece.plainBytes),
    0,
  );
  sum.setUint32(0, crc32, true);
  sum.setUint32(4, pieces.reduce((bytes, { plainBytes }) => bytes + plainBytes, 0) % 2 ** 32, true);
  return concatBytes([Uint8Array.from(LAST_BLOCK), new Uint8Array(sum.buffer)]);
}

/** A frame of nothing: a stream has one at least (RFC 8878, section 3.1). */
const EMPTY_FRAME = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0];

export const PIECE_FORMATS: Readonly<Record<EncodedFormat, PieceFormat>> = {
  gzip: { head: Uint8Array.from(GZIP_HEAD), lookBack: 32 * 1024, tail: gzipTail },
  zstd: {
    head: new Uint8Array(),
    lookBack: 0,
    tail: (pieces) => Uint8Array.from(pieces.length === 0 ? EMPTY_FRAME : []),
  },
};
