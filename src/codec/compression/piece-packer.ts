import type { EncodedFormat, PieceSum } from './piece-format';

export interface PackedPiece extends PieceSum {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Packs a piece, with the bytes before it that its format looks back at. */
export type PiecePacker = (piece: Uint8Array, before: Uint8Array) => PackedPiece;

/** Loaded when they are needed. */
const PACKERS: Readonly<Record<EncodedFormat, () => Promise<PiecePacker>>> = {
  gzip: async () => (await import('./gzip-packer')).createGzipPacker(),
  zstd: async () => (await import('./zstd-packer')).createZstdPacker(),
};

/** Rejects with `no-encoder` where the encoder cannot be loaded. */
export function createPiecePacker(format: EncodedFormat): Promise<PiecePacker> {
  return PACKERS[format]();
}
