import { forEachChunk, readRange, type ByteSource } from '../base/byte-source';
import { ProgressMeter } from '../base/progress-meter';
import type { TaskOptions } from '../base/task';
import { decompress } from '../codec/compression/decompress';
import { createEncoder } from '../codec/compression/encoder';
import type { EncodedFormat } from '../codec/compression/piece-format';
import { createSha256 } from '../codec/hash/sha256';
import { sniff } from '../codec/compression/sniff';
import { digestOfHex, type Digest } from '../oci/digest';
import type { ContentStore, ExpectedBlob, Scratch } from '../store/content-store';
import { LayerError } from './errors';
import { HEAD_BYTES } from './layer-reader';

/** How a layer is to be packed; `none` is the plain tar. */
export type LayerEncoding = 'none' | EncodedFormat;

export interface EncodeLayerRequest {
  readonly encoding: LayerEncoding;
  /** What the layer must unpack to. */
  readonly diffId: Digest;
  /** What to call it in an error. */
  readonly what: string;
}

/** A layer packed anew. Its bytes live until `release`, or as long as a Blob of them. */
export interface EncodedLayer extends ExpectedBlob {
  readonly source: ByteSource;
  release(): Promise<void>;
}

/**
 * Unpacks a layer and packs it anew. `main.ts` hands in the worker pool's. Rejects with `diff-id-mismatch`, with what the layer's compression
 * has against it, and with `quota-exceeded`.
 */
export type EncodeLayer = (
  source: ByteSource,
  request: EncodeLayerRequest,
  options?: TaskOptions,
) => Promise<EncodedLayer>;

/** The same where it is called: in a test, or a page without workers. */
export function createEncodeLayer(content: Pick<ContentStore, 'scratch'>): EncodeLayer {
  return async (source, request, options = {}) => {
    const scratch = await content.scratch(options);
    try {
      const encoded = await encodeInto(scratch, { source, ...request }, options);
      return { ...encoded, source: await scratch.finish(), release: () => scratch.release() };
    } catch (error) {
      await scratch.release();
      throw error;
    }
  };
}

/** Writes the layer to a scratch, in one pass and constant memory. Resolves to what was written. */
export async function encodeInto(
  scratch: Pick<Scratch, 'write'>,
  { source, encoding, diffId, what }: EncodeLayerRequest & { readonly source: ByteSource },
  { signal, onProgress }: TaskOptions,
): Promise<ExpectedBlob> {
  const head = await readRange(
    source,
    { start: 0, end: Math.min(HEAD_BYTES, source.size ?? HEAD_BYTES) },
    { signal },
  );
  const encoder = encoding === 'none' ? PLAIN : await createEncoder(encoding);
  const [plainSum, packedSum] = await Promise.all([createSha256(), createSha256()]);
  const meter = new ProgressMeter(
    {
      phase: encoding === 'none' ? 'unpack' : 'compress',
      total: source.size,
      unit: 'bytes',
      subject: what,
    },
    onProgress,
  );
  let size = 0;
  const put = async (chunks: readonly Uint8Array[]): Promise<void> => {
    for (const chunk of chunks) {
      packedSum.update(chunk);
      size += chunk.length;
      await scratch.write(chunk);
    }
  };
  const visitInput = (chunk: Uint8Array): void => meter.add(chunk.length);
  const unpacked = decompress(source, sniff(head), { what, signal, visitInput });
  const visit = (chunk: Uint8Array): Promise<void> => {
    plainSum.update(chunk);
    return put(encoder.push(chunk));
  };
  await forEachChunk(unpacked, visit, { signal });
  await put(encoder.finish());
  checkDiffId(digestOfHex(plainSum.hex()), diffId, what);
  meter.finish();
  return { digest: digestOfHex(packedSum.hex()), size };
}

const PLAIN = {
  push: (chunk: Uint8Array): readonly Uint8Array[] => [chunk],
  finish: (): readonly Uint8Array[] => [],
};

/** Throws `diff-id-mismatch`. */
export function checkDiffId(found: Digest, expected: Digest, what: string): void {
  if (found === expected) return;
  throw new LayerError(
    'diff-id-mismatch',
    `${what} is damaged: unpacked, its diff ID is ${found}, not ${expected}.`,
    { detail: { what, found, expected } },
  );
}
