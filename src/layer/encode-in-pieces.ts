import { anySignal } from '../base/any-signal';
import { blobSource, readRange, type ByteSource } from '../base/byte-source';
import { ProgressMeter } from '../base/progress-meter';
import { Slots } from '../base/slots';
import type { TaskOptions } from '../base/task';
import {
  PIECE_BYTES,
  PIECE_FORMATS,
  type EncodedFormat,
  type PieceSum,
} from '../codec/compression/piece-format';
import type { PackedPiece } from '../codec/compression/piece-packer';
import { sniff } from '../codec/compression/sniff';
import type { Digest } from '../oci/digest';
import type { ContentStore, Scratch } from '../store/content-store';
import { checkDiffId, type EncodeLayer, type EncodeLayerRequest } from './encode-layer';
import { HEAD_BYTES } from './layer-reader';

/** A piece of a layer, with what comes before it as far as its format looks back. */
export interface PieceRequest {
  readonly format: EncodedFormat;
  readonly blob: Blob;
  /** Bytes at the blob's begin that only were before the piece. */
  readonly lookBack: number;
}

/** What packs and hashes: workers, or whoever is there. */
export interface PieceJobs {
  readonly packPiece: (request: PieceRequest, options: TaskOptions) => Promise<PackedPiece>;
  readonly hashBlob: (source: ByteSource, options?: TaskOptions) => Promise<Digest>;
  /** In one pass, for a layer that is packed already, or that is no more than one piece. */
  readonly encodeLayer: EncodeLayer;
}

/** More than workers, so that none waits for another piece; few enough that what is packed and not yet written takes little. */
const PIECES_AT_ONCE = 10;

/** Packs plain layers in pieces, side by side: the same bytes as in one pass. Layers share the bound on pieces. */
export function encodeInPieces(
  content: Pick<ContentStore, 'scratch'>,
  jobs: PieceJobs,
): EncodeLayer {
  const slots = new Slots(PIECES_AT_ONCE);
  return async (source, request, options = {}) => {
    const { encoding } = request;
    const blob = encoding === 'none' ? undefined : await plainBlob(source, options);
    if (encoding === 'none' || !blob) return jobs.encodeLayer(source, request, options);
    const scratch = await content.scratch(options);
    try {
      const layer = { ...request, encoding, blob };
      const packed = await packInto(scratch, layer, { jobs, slots, ...options });
      const digest = await jobs.hashBlob(packed, { signal: options.signal });
      const release = (): Promise<void> => scratch.release();
      return { source: packed, digest, size: packed.size, release };
    } catch (error) {
      await scratch.release();
      throw error;
    }
  };
}

/** The bytes of a layer that is a tar as it is, and more than one piece. */
async function plainBlob({ blob }: ByteSource, options: TaskOptions): Promise<Blob | undefined> {
  if (!blob || blob.size <= PIECE_BYTES) return undefined;
  const head = await readRange(blobSource(blob), { start: 0, end: HEAD_BYTES }, options);
  return sniff(head) === 'tar' ? blob : undefined;
}

interface PlainLayer extends EncodeLayerRequest {
  readonly encoding: EncodedFormat;
  readonly blob: Blob;
}

interface Packing extends TaskOptions {
  readonly jobs: PieceJobs;
  readonly slots: Slots;
}

/** Writes the packed layer, and meanwhile checks the plain one. The first failure stops the rest. */
async function packInto(
  scratch: Scratch,
  layer: PlainLayer,
  { signal: cancelled, ...packing }: Packing,
): Promise<ByteSource & { readonly size: number }> {
  const failed = new AbortController();
  const signal = anySignal(failed.signal, cancelled);
  const { blob, diffId, what } = layer;
  const check = async (): Promise<void> => {
    const found = await packing.jobs.hashBlob(blobSource(blob), { signal });
    checkDiffId(found, diffId, what);
  };
  const write = (): Promise<void> => writePieces(scratch, layer, { ...packing, signal }, failed);
  await Promise.allSettled(
    [check, write].map((work) => work().catch((error: unknown) => failed.abort(error))),
  );
  signal.throwIfAborted();
  const { size, ...source } = await scratch.finish();
  return { ...source, size: size ?? 0 };
}

async function writePieces(
  scratch: Scratch,
  { blob, encoding, what }: PlainLayer,
  { jobs, slots, signal, onProgress }: Packing,
  failed: AbortController,
): Promise<void> {
  const { head, lookBack, tail } = PIECE_FORMATS[encoding];
  const about = { phase: 'compress', total: blob.size, unit: 'bytes', subject: what } as const;
  const meter = new ProgressMeter(about, onProgress);
  const sums: PieceSum[] = [];
  const writeAfter = async (
    before: Promise<void>,
    packing: Promise<PackedPiece>,
  ): Promise<void> => {
    const [{ bytes, ...sum }] = await Promise.all([packing, before]);
    await scratch.write(bytes);
    sums.push(sum);
    meter.add(sum.plainBytes);
  };
  let written = scratch.write(head);
  for (let start = 0; start < blob.size; start += PIECE_BYTES) {
    await slots.acquire({ signal });
    const from = Math.max(0, start - lookBack);
    const piece = blob.slice(from, start + PIECE_BYTES);
    const request = { format: encoding, blob: piece, lookBack: start - from };
    written = writeAfter(written, jobs.packPiece(request, { signal })).finally(() =>
      slots.release(),
    );
    written.catch((error: unknown) => failed.abort(error));
  }
  await written;
  await scratch.write(tail(sums));
  meter.finish();
}
