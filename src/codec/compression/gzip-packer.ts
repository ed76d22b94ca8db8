import { Deflate } from 'pako';
import { concatBytes } from '../../base/byte-source';
import { createCrc32 } from '../hash/crc32';
import type { PiecePacker } from './piece-packer';

/** gzip's own default. */
const LEVEL = 6;
const OUTPUT_BYTES = 64 * 1024;
const SYNC_FLUSH = 2;

/**
 * Deflate blocks that end at a whole byte, with what came before as their dictionary, as pigz packs them. In JavaScript, as the browser's own
 * encoder differs from browser to browser and with its version; the bytes are those of zlib.
 */
export async function createGzipPacker(): Promise<PiecePacker> {
  const crc32 = await createCrc32();
  return (piece, before) => {
    const dictionary = before.length > 0 ? { dictionary: before } : {};
    const deflate = new Deflate({
      raw: true,
      level: LEVEL,
      chunkSize: OUTPUT_BYTES,
      ...dictionary,
    });
    const packed: Uint8Array[] = [];
    deflate.onData = (chunk) => void packed.push(chunk);
    deflate.push(piece, SYNC_FLUSH);
    return { bytes: concatBytes(packed), plainBytes: piece.length, crc32: crc32(piece) };
  };
}
