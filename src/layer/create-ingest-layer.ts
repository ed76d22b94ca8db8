import type { AbortOptions } from '../base/task';
import { CodecError } from '../codec/errors';
import type { ContentStore } from '../store/content-store';
import { makingRoomFor, StoreError } from '../store/errors';
import { checkLayer, checkLayerSize, explainFailure } from './check-layer';
import { LayerError } from './errors';
import { beginBlob, type IncomingBlob } from './incoming-blob';
import type { IngestedLayer, IngestLayer } from './ingest-layer';
import { openLayerIndex } from './index/open-layer-index';
import { readLayer, type LayerReading } from './read-layer';

/**
 * The ingest that runs where it is called: in a worker, or in a test. Bytes that the browser has are taken over by the store while they are
 * read here; others are written as they come.
 */
export function createIngestLayer(content: ContentStore): IngestLayer {
  const attempt = async (
    blob: IncomingBlob,
    [source, expected, options = {}]: Parameters<IngestLayer>,
  ): Promise<IngestedLayer> => {
    try {
      const reading = await readLayer(blob.source, {
        ...options,
        what: expected.what,
        write: blob.write,
        written: blob.written,
      }).catch((error: unknown) => explainFailure(error, source, expected));
      checkLayer(reading, expected);
      return await keep(reading, blob);
    } catch (error) {
      // What broke off can be gone on with; what turned out to be wrong cannot.
      if (options.resumable && isInterruption(error, options)) await blob.suspend();
      throw error;
    } finally {
      await blob.abort();
    }
  };
  const ingest: IngestLayer = async (source, expected, options = {}) => {
    checkLayerSize(source.size, expected);
    const begin = (): Promise<IncomingBlob> => beginBlob(content, source, { ...options, expected });
    const blob = await begin();
    try {
      return await attempt(blob, [source, expected, options]);
    } catch (error) {
      // What an earlier attempt left unchecked may be what is wrong, or the way here: once more, from the first byte on.
      const isHelped = blob.written > 0 ? isWrong(error) : options.resumable && isSpoilt(error);
      if (!isHelped || options.signal?.aborted) throw error;
      return attempt(await begin(), [source, expected, options]);
    }
  };
  return (source, expected, options) =>
    makingRoomFor(expected.what, () => ingest(source, expected, options));
}

/** True where the bytes that have come are not the layer's. */
function isWrong(error: unknown): error is CodecError | LayerError {
  return error instanceof CodecError || error instanceof LayerError;
}

/**
 * True where the bytes may have been other ones where they came from. Where the digest was right, or a limit was passed, they are not.
 * Docker's engine fetches again only what it had gone on with; over a bad line that leaves the retry to the user.
 */
function isSpoilt(error: unknown): boolean {
  return isWrong(error) && !['diff-id-mismatch', 'limit-exceeded'].includes(error.code);
}

/** True where nothing speaks against the bytes that have come so far. */
function isInterruption(error: unknown, { signal }: AbortOptions): boolean {
  return signal?.aborted === true || !(isWrong(error) || error instanceof StoreError);
}

async function keep(reading: LayerReading, blob: IncomingBlob): Promise<IngestedLayer> {
  const { reader, digest, diffId, size, compression } = reading;
  const bytes = reader.index(diffId);
  const { entryCount, tarSize, unpackedSize } = openLayerIndex(bytes);
  await blob.commit({ digest, size }, { diffId, bytes });
  return { digest, diffId, size, compression, unpackedSize, tarSize, entryCount };
}
