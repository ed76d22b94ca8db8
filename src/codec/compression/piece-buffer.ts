/** Cuts a stream into pieces of one size. */
export interface PieceBuffer {
  /** The pieces that are full now. */
  push(chunk: Uint8Array): readonly Uint8Array<ArrayBuffer>[];
  /** What is left, shorter than a piece. */
  rest(): Uint8Array<ArrayBuffer>;
}

export function pieceBuffer(pieceBytes: number): PieceBuffer {
  let piece = new Uint8Array(pieceBytes);
  let filled = 0;
  return {
    push(chunk) {
      const full: Uint8Array<ArrayBuffer>[] = [];
      for (let at = 0; at < chunk.length;) {
        const part = chunk.subarray(at, at + pieceBytes - filled);
        piece.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < pieceBytes) continue;
        full.push(piece);
        piece = new Uint8Array(pieceBytes);
        filled = 0;
      }
      return full;
    },
    rest: () => piece.subarray(0, filled),
  };
}
