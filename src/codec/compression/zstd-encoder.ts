import type { PieceEncoder } from './encoder';
import { CodecError } from '../errors';

/** Of one frame, before it is packed: what bounds memory. A stream of several frames is one to every decoder (RFC 8878, section 3). */
const FRAME_BYTES = 4 * 1024 * 1024;
/** zstd's own default. */
const LEVEL = 3;

/** Frames that say their content's size, without checksums: a layer has its digest. */
export async function createZstdEncoder(): Promise<PieceEncoder> {
  const { compress } = await loadLibzstd();
  let isEmpty = true;
  return {
    pieceBytes: FRAME_BYTES,
    encode(piece, isLast) {
      if (isLast && piece.length === 0 && !isEmpty) return [];
      isEmpty = false;
      return [compress(piece, LEVEL)];
    },
  };
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
