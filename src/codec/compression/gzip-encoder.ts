import { Deflate } from 'pako';
import type { PieceEncoder } from './encoder';

const PIECE_BYTES = 256 * 1024;
const OUTPUT_BYTES = 64 * 1024;
/** gzip's own default. */
const LEVEL = 6;

/**
 * One member, without a name or a time. In JavaScript, as the browser's own encoder differs from browser to browser and with its version; the bytes
 * are those of zlib.
 */
export function createGzipEncoder(): PieceEncoder {
  const deflate = new Deflate({ gzip: true, level: LEVEL, chunkSize: OUTPUT_BYTES });
  let ready: Uint8Array[] = [];
  deflate.onData = (chunk) => void ready.push(chunk);
  return {
    pieceBytes: PIECE_BYTES,
    encode(piece, isLast) {
      ready = [];
      deflate.push(piece, isLast);
      return ready;
    },
  };
}
