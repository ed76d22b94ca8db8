import { forEachChunk, type ByteSource } from '../base/byte-source';
import { forEachView } from '../base/for-each-view';
import { ProgressMeter } from '../base/progress-meter';
import type { TaskOptions } from '../base/task';
import { decompress } from '../codec/compression/decompress';
import { createSha256 } from '../codec/hash/sha256';
import {
  isCompression,
  sniff,
  type CompressionFormat,
  type Format,
} from '../codec/compression/sniff';
import { createXxh3 } from '../codec/hash/xxh3';
import { digestOfHex, type Digest } from '../oci/digest';
import type { LayerCompression } from './ingest-layer';
import { HEAD_BYTES, LayerReader } from './layer-reader';
import { peekSource } from './peek-source';

export interface ReadLayerOptions extends TaskOptions {
  /** What to call the layer in an error. */
  readonly what: string;
  /** Gets the stored bytes in order, each of them once. */
  readonly write?: ((chunk: Uint8Array) => Promise<void>) | undefined;
  /** Bytes that `write` has got in an earlier session, and gets no more. */
  readonly written?: number | undefined;
  readonly onPartialIndex?: ((index: ArrayBuffer) => void) | undefined;
}

/** What a layer turned out to be. */
export interface LayerReading {
  readonly reader: LayerReader;
  readonly compression: LayerCompression;
  /** Bytes, as stored. */
  readonly size: number;
  readonly digest: Digest;
  readonly diffId: Digest;
}

/**
 * Reads a layer once for its sums and its index. Rejects with `not-a-layer`, and with what its compression or its tar has against it; the
 * index of what could be read is handed out as a partial one before that.
 */
export function readLayer(source: ByteSource, options: ReadLayerOptions): Promise<LayerReading> {
  return pass(source, options, async (layer) => {
    const { reader, meter, format } = layer;
    const isPacked = isCompression(format);
    const sums = await (isPacked ? readPacked(layer, format) : readPlain(layer));
    return { reader, ...sums, size: meter.done, compression: isPacked ? format : 'none' };
  });
}

export interface IndexLayerOptions extends TaskOptions {
  /** What to call the layer in an error. */
  readonly what: string;
  /** Under which the index is to be stored, of bytes that were checked before; undefined for bytes that nobody vouches for. */
  readonly diffId?: Digest | undefined;
  readonly onPartialIndex?: ((index: ArrayBuffer) => void) | undefined;
}

/** The index of a layer alone: nothing is summed up. Rejects as `readLayer` does, and hands out what could be read as that does. */
export function indexLayer(source: ByteSource, options: IndexLayerOptions): Promise<ArrayBuffer> {
  return pass(source, options, async (layer) => {
    const { reader, meter, format, what, signal } = layer;
    const visitInput = (chunk: Uint8Array): void => meter.add(chunk.length);
    const unpacked = decompress(layer.source, format, { what, signal, visitInput });
    await forEachChunk(unpacked, (chunk) => reader.push(chunk), { signal });
    reader.finish();
    return reader.index(options.diffId);
  });
}

/** Sets up what reads a layer, and sees to its end. */
async function pass<T>(
  given: ByteSource,
  options: ReadLayerOptions,
  read: (layer: Pass) => Promise<T>,
): Promise<T> {
  const { what, onProgress } = options;
  const peeked = await peekSource(given, HEAD_BYTES, options);
  const { head, source } = peeked;
  const reader = new LayerReader({ ...options, hasher: await createXxh3() });
  const meter = new ProgressMeter(
    { phase: 'verify', total: source.size, unit: 'bytes', subject: what },
    onProgress,
  );
  try {
    const result = await read({ ...options, format: sniff(head), source, reader, meter });
    meter.finish();
    return result;
  } catch (error) {
    reader.showPartial();
    throw error;
  } finally {
    await peeked.close();
  }
}

interface Pass extends ReadLayerOptions {
  readonly format: Format;
  readonly source: ByteSource;
  readonly reader: LayerReader;
  readonly meter: ProgressMeter;
}

interface Sums {
  readonly digest: Digest;
  readonly diffId: Digest;
}

/** An uncompressed layer is summed up once: its digest is its diff ID. */
async function readPlain({ source, reader, meter, signal }: Pass): Promise<Sums> {
  const sum = await createSha256();
  const visit = (chunk: Uint8Array): void => {
    sum.update(chunk);
    reader.push(chunk);
    meter.add(chunk.length);
  };
  await forEachView(source.open(undefined, { signal }), visit, { signal });
  reader.finish();
  const digest = digestOfHex(sum.hex());
  return { digest, diffId: digest };
}

/** Sums up the stored bytes on their way into the decoder, and the tar that comes out of it. */
async function readPacked(pass: Pass, format: CompressionFormat): Promise<Sums> {
  const { source, reader, meter, what, signal } = pass;
  const [stored, tar] = await Promise.all([createSha256(), createSha256()]);
  const visitInput = (chunk: Uint8Array): void => {
    stored.update(chunk);
    meter.add(chunk.length);
  };
  const visit = (chunk: Uint8Array): void => {
    tar.update(chunk);
    reader.push(chunk);
  };
  const unpacked = decompress(source, format, { what, signal, visitInput });
  await forEachChunk(unpacked, visit, { signal });
  reader.finish();
  return { digest: digestOfHex(stored.hex()), diffId: digestOfHex(tar.hex()) };
}
