import { pieceBuffer } from './piece-buffer';
import { PIECE_BYTES, PIECE_FORMATS, type EncodedFormat, type PieceSum } from './piece-format';
import { createPiecePacker } from './piece-packer';

/** Packs a stream. The same bytes give the same output on every machine, however they are cut. Nothing may be pushed after `finish`. */
export interface Encoder {
  /** Packed bytes that are ready, perhaps none. They are the caller's. */
  push(chunk: Uint8Array): readonly Uint8Array[];
  finish(): readonly Uint8Array[];
}

/** Packs one piece after the other. Rejects with `no-encoder` where the encoder cannot be loaded. */
export async function createEncoder(format: EncodedFormat): Promise<Encoder> {
  const pack = await createPiecePacker(format);
  const { head, lookBack, tail } = PIECE_FORMATS[format];
  // Chunks are cut anew: where a decoder's chunks end is the browser's own affair, and must not show in what is packed.
  const buffer = pieceBuffer(PIECE_BYTES);
  const sums: PieceSum[] = [];
  let before = new Uint8Array();
  const encode = (piece: Uint8Array<ArrayBuffer>): readonly Uint8Array[] => {
    const { bytes, ...sum } = pack(piece, before);
    const isFirst = sums.push(sum) === 1;
    before = piece.subarray(Math.max(0, piece.length - lookBack));
    return isFirst ? [head, bytes] : [bytes];
  };
  return {
    push: (chunk) => buffer.push(chunk).flatMap(encode),
    finish() {
      const rest = buffer.rest();
      const last = rest.length > 0 ? encode(rest) : sums.length === 0 ? [head] : [];
      return [...last, tail(sums)];
    },
  };
}
