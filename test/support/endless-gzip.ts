import { constants, deflateRawSync } from 'node:zlib';

const PIECE_BYTES = 64 * 1024 * 1024;
const GIB = 1024 * 1024 * 1024;

/** One gzip member that unpacks to so many GiB of zeros: 1 MiB for each. Its checksum is wrong, which only who reads it all can know. */
export function endlessGzip(gibibytes: number): Uint8Array<ArrayBuffer> {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  // A full flush ends on a byte and keeps no window, so that a piece can be repeated.
  const piece = deflateRawSync(Buffer.alloc(PIECE_BYTES), { finishFlush: constants.Z_FULL_FLUSH });
  const pieces = Array<Buffer>((gibibytes * GIB) / PIECE_BYTES).fill(piece);
  const lastBlock = Buffer.from([3, 0]);
  return Uint8Array.from(Buffer.concat([header, ...pieces, lastBlock, Buffer.alloc(8)]));
}
