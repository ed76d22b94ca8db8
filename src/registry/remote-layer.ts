import type { ByteRange, ByteSource } from '../base/byte-source';
import type { AbortOptions, TaskOptions } from '../base/task';
import { generatedStream } from '../codec/generated-stream';
import { BlobCollector } from '../layer/blob-collector';
import { checkLayer } from '../layer/check-layer';
import { LayerError } from '../layer/errors';
import { findFile } from '../layer/find-file';
import type { LayerIndex } from '../layer/layer-index';
import { openLayerIndex } from '../layer/open-layer-index';
import type { SizedSource } from '../layer/packed-toc';
import { readContent } from '../layer/read-content';
import { readLayer } from '../layer/read-layer';
import { openTocLayer, tocClaim, type TocFormat } from '../layer/toc-layer';
import type { Descriptor } from '../oci/descriptor';
import type { Digest } from '../oci/digest';
import { pullScope, type RegistryClient } from './client';

/** A layer in a registry that is looked at and not stored. */
export interface RemoteLayer {
  readonly index: LayerIndex;
  /**
   * How it was read, and so what is proven. By its table of contents: the table is the one that the manifest names, each file that is read is the
   * one that the table names; the layer's own digest was not checked. Whole: digest and diff ID are right.
   */
  readonly way: TocFormat | 'whole';
  /** Bytes that were fetched of it so far. */
  readonly fetched: () => number;
  /** The content of a file. Rejects as `TocLayer.read` and `readContent` do. */
  read(path: string, options?: AbortOptions): Promise<Blob>;
}

export interface RemoteLayerParts {
  readonly client: RegistryClient;
  readonly repository: string;
  readonly layer: Descriptor;
  /** As the configuration has it. */
  readonly diffId: Digest | undefined;
  /** In a sentence: `layer 3`. */
  readonly what: string;
}

export interface OpenRemoteLayerOptions extends TaskOptions {
  /** Keeps the bytes of a layer that has to be read whole for as long as it is looked at, so that its files can be read. */
  readonly keep?: boolean;
}

/**
 * Opens one layer of an image in a registry: by its table of contents where it has one that the manifest vouches for and the registry sends parts
 * of blobs, else by reading all of it once. Nothing is stored. Rejects with `digest-mismatch` for a table or a layer that is not the one
 * that is named.
 */
export async function openRemoteLayer(
  parts: RemoteLayerParts,
  options: OpenRemoteLayerOptions = {},
): Promise<RemoteLayer> {
  const counted = countedSource(remoteSource(parts));
  const claim = tocClaim(parts.layer);
  if (claim && (await sendsRanges(parts, options))) {
    try {
      const what = `the table of contents of ${parts.what}`;
      const layer = await openTocLayer(counted, claim, { what, signal: options.signal });
      return {
        index: layer.index,
        way: layer.format,
        fetched: counted.fetched,
        read: (path, reading) => layer.read(path, reading),
      };
    } catch (error) {
      // No table that can be used: the layer itself still says what is in it.
      if (!(error instanceof LayerError && error.code === 'bad-toc')) throw error;
    }
  }
  return readWhole(parts, counted, options);
}

async function readWhole(
  { layer, diffId, what }: RemoteLayerParts,
  source: CountedSource,
  { keep = false, ...options }: OpenRemoteLayerOptions,
): Promise<RemoteLayer> {
  const stored = new BlobCollector();
  const write = (chunk: Uint8Array): Promise<void> => {
    stored.add(chunk);
    return Promise.resolve();
  };
  const reading = await readLayer(source, { ...options, what, ...(keep ? { write } : {}) });
  checkLayer(reading, { digest: layer.digest, size: layer.size, diffId, what });
  const index = openLayerIndex(reading.reader.index(reading.diffId));
  const blob = stored.blob();
  return {
    index,
    way: 'whole',
    fetched: source.fetched,
    read: async (path, { signal } = {}) => {
      const location = index.locate(findFile(index, path));
      const bytes = { size: blob.size, blob, open: () => blob.stream() };
      return readContent(bytes, location, { signal });
    },
  };
}

interface CountedSource extends SizedSource {
  readonly fetched: () => number;
}

function countedSource(source: SizedSource): CountedSource {
  let fetched = 0;
  return {
    size: source.size,
    fetched: () => fetched,
    open: (range, options) =>
      source.open(range, options).pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            fetched += chunk.length;
            controller.enqueue(chunk);
          },
        }),
      ),
  };
}

/** A blob of a registry as bytes that can be opened at random. */
function remoteSource({ client, repository, layer }: RemoteLayerParts): SizedSource {
  const open: ByteSource['open'] = (range, { signal } = {}) => {
    const ended = new AbortController();
    const signals = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
    async function* chunks(wanted: ByteRange | undefined): AsyncGenerator<Uint8Array, void> {
      const body = await client.blob(repository, layer, { range: wanted, signal: signals });
      const reader = body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    }
    return generatedStream(chunks(range), () => {
      ended.abort();
      return Promise.resolve();
    });
  };
  return { size: layer.size, open };
}

/**
 * Whether parts of a blob are sent, asked with its last byte. A server without ranges answers with all of it (status 200), which would make
 * a table of contents the dearest way to look.
 */
async function sendsRanges(
  { client, repository, layer: { digest, size } }: RemoteLayerParts,
  { signal }: AbortOptions,
): Promise<boolean> {
  const response = await client.connection.send({
    path: `/v2/${repository}/blobs/${digest}`,
    headers: { range: `bytes=${size - 1}-${size - 1}` },
    scopes: [pullScope(repository)],
    signal,
  });
  await response.body?.cancel();
  return response.status === 206;
}
