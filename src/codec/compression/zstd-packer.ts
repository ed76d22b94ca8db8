import { CodecError } from '../errors';
import type { PiecePacker } from './piece-packer';

/** zstd's own default. */
const LEVEL = 3;

/**
 * A frame each, which says its content's size, without a checksum: a layer has its digest. A stream of several frames is one to every decoder
 * (RFC 8878, section 3).
 */
export async function createZstdPacker(): Promise<PiecePacker> {
  const { compress } = await loadLibzstd();
  return (piece) => ({
    bytes: new Uint8Array(compress(piece, LEVEL)),
    plainBytes: piece.length,
    crc32: 0,
  });
}

interface Libzstd {
  readonly compress: (content: Uint8Array, level: number) => Uint8Array;
}

let loading: Promise<Libzstd> | undefined;

const LOADED_WITHIN_MS = 30_000;

/** libzstd as WebAssembly. What could not be loaded is tried again by the next who asks. */
function loadLibzstd(): Promise<Libzstd> {
  loading ??= instantiate().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function instantiate(): Promise<Libzstd> {
  const libzstd = await import('@bokuweb/zstd-wasm');
  // Its `init` never settles where the module cannot be fetched.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noEncoder()), LOADED_WITHIN_MS);
  });
  try {
    await Promise.race([libzstd.init(), late]);
  } finally {
    clearTimeout(timer);
  }
  return libzstd;
}

function noEncoder(): CodecError {
  return new CodecError(
    'no-encoder',
    'The zstd encoder could not be loaded: go online and reload the page, or choose gzip.',
  );
}
