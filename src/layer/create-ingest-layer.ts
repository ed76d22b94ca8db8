import type { ByteSource } from '../base/byte-source';
import type { AbortOptions } from '../base/task';
import type { ContentStore, ExpectedBlob } from '../store/content-store';
import type { IndexStore } from '../store/index-store';
import { checkLayer, checkLayerSize, explainFailure } from './check-layer';
import type { IngestedLayer, IngestLayer } from './ingest-layer';
import { openLayerIndex } from './open-layer-index';
import { readLayer, type LayerReading } from './read-layer';

export interface IngestLayerParts {
  readonly content: ContentStore;
  readonly indexes: IndexStore;
}

/**
 * The ingest that runs where it is called: in a worker, or in a test. Bytes that the browser has are taken over by the store while they are
 * read here; others are written as they come.
 */
export function createIngestLayer(parts: IngestLayerParts): IngestLayer {
  return async (source, expected, options = {}) => {
    checkLayerSize(source.size, expected);
    const blob = await beginBlob(parts.content, source, options);
    try {
      const reading = await readLayer(source, {
        ...options,
        what: expected.what,
        write: blob.write,
      }).catch((error: unknown) => explainFailure(error, source, expected));
      checkLayer(reading, expected);
      return await keep(reading, { parts, blob });
    } finally {
      await blob.abort();
    }
  };
}

/** A blob on its way into the store. */
interface IncomingBlob {
  /** Undefined where the store takes the bytes by itself. */
  readonly write: ((chunk: Uint8Array) => Promise<void>) | undefined;
  commit(expected: ExpectedBlob): Promise<unknown>;
  /** Harmless after a commit. */
  abort(): Promise<void>;
}

async function beginBlob(
  content: ContentStore,
  source: ByteSource,
  { signal }: AbortOptions,
): Promise<IncomingBlob> {
  signal?.throwIfAborted();
  if (source.blob) {
    // The copy into the store runs while the layer is read; what is wrong with it is told at the commit.
    const adoption = content.adopt(source.blob, { signal });
    adoption.catch(() => undefined);
    return {
      write: undefined,
      commit: async (expected) => (await adoption).commit(expected),
      abort: () => adoption.then((begun) => begun.abort()).catch(() => undefined),
    };
  }
  const ingest = await content.begin({ signal });
  return {
    write: (chunk) => ingest.write(chunk),
    commit: (expected) => ingest.commit(expected),
    abort: () => ingest.abort(),
  };
}

interface Keep {
  readonly parts: IngestLayerParts;
  readonly blob: IncomingBlob;
}

async function keep(reading: LayerReading, { parts, blob }: Keep): Promise<IngestedLayer> {
  const { reader, digest, diffId, size, compression } = reading;
  const index = reader.index(diffId);
  const { entryCount, tarSize, unpackedSize } = openLayerIndex(index);
  await parts.indexes.put(diffId, index);
  await blob.commit({ digest, size });
  return { digest, diffId, size, compression, unpackedSize, tarSize, entryCount };
}
