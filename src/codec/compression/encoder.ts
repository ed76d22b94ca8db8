import { pieceBuffer } from './piece-buffer';

/** Formats that layers can be packed in: those that engines and registries know. */
export type EncodedFormat = 'gzip' | 'zstd';

/** Packs a stream. The same bytes give the same output on every machine, however they are cut. Nothing may be pushed after `finish`. */
export interface Encoder {
  /** Packed bytes that are ready, perhaps none. They are the caller's. */
  push(chunk: Uint8Array): readonly Uint8Array[];
  finish(): readonly Uint8Array[];
}

/** Packs pieces of one size, but for the last. */
export interface PieceEncoder {
  readonly pieceBytes: number;
  /** `isLast` once, with what is left, perhaps nothing. */
  encode(piece: Uint8Array, isLast: boolean): readonly Uint8Array[];
}

/** Loaded when they are needed. */
const ENCODERS: Readonly<Record<EncodedFormat, () => Promise<PieceEncoder>>> = {
  gzip: async () => (await import('./gzip-encoder')).createGzipEncoder(),
  zstd: async () => (await import('./zstd-encoder')).createZstdEncoder(),
};

/** Rejects with `no-encoder` where the encoder cannot be loaded. */
export async function createEncoder(format: EncodedFormat): Promise<Encoder> {
  const encoder = await ENCODERS[format]();
  // Chunks are cut anew: where a decoder's chunks end is the browser's own affair, and must not show in what is packed.
  const buffer = pieceBuffer(encoder.pieceBytes);
  return {
    push: (chunk) => buffer.push(chunk).flatMap((piece) => encoder.encode(piece, false)),
    finish: () => encoder.encode(buffer.rest(), true),
  };
}
