import { blobOf, blobSource, type ByteSource } from '../base/byte-source';
import type { AbortOptions, TaskOptions } from '../base/task';
import type { PieceJobs } from '../layer/encode-in-pieces';
import type { EncodeLayer } from '../layer/encode-layer';
import type { IngestLayer, UnpackArchive } from '../layer/ingest-layer';
import type { ContentLocation } from '../layer/index/layer-index';
import type { Digest } from '../oci/digest';
import type { PullLayer } from '../registry/pull/pull-layer';
import type { LookAtLayer } from '../registry/remote/remote-layer';
import type { ContentStore } from '../store/content-store';
import type { Store } from '../store/store';
import type { WorkerPool } from './pool';

export interface PoolIndexOptions extends TaskOptions {
  /** What to call the layer in an error. */
  readonly what: string;
  /** Under which the index is to be stored, of bytes that were checked before. */
  readonly diffId?: Digest | undefined;
  /** Gets the index of what has been read so far. The buffer is the listener's. */
  readonly onPartialIndex?: ((index: ArrayBuffer) => void) | undefined;
  /** Somebody at the screen waits for this layer. */
  readonly urgent?: boolean | undefined;
}

export interface PoolReadOptions extends AbortOptions {
  /** Bytes of the file to read; all of them without it. */
  readonly limit?: number | undefined;
}

/** What the page has done by workers, as the functions that the core asks for. */
export interface PoolJobs {
  readonly ingestLayer: IngestLayer;
  readonly pullLayer: PullLayer;
  readonly lookAtLayer: LookAtLayer;
  readonly unpackArchive: UnpackArchive;
  readonly encodeLayer: EncodeLayer;
  readonly packPiece: PieceJobs['packPiece'];
  readonly hashBlob: (source: ByteSource, options?: TaskOptions) => Promise<Digest>;
  /** The index of a layer that is not being stored. Rejects with what its bytes have against it. */
  readonly indexLayer: (source: ByteSource, options: PoolIndexOptions) => Promise<ArrayBuffer>;
  /** One file's content out of a layer, before all that nobody waits for. */
  readonly readContent: (
    layer: ByteSource,
    location: ContentLocation,
    options?: PoolReadOptions,
  ) => Promise<Blob>;
}

export function poolJobs(pool: WorkerPool, content: ContentStore): PoolJobs {
  return {
    ingestLayer: async (source, expected, { onPartialIndex, ...options } = {}) => {
      const blob = await blobOf(source, options);
      return pool.run('ingestLayer', { blob, expected }, { ...options, onEvent: onPartialIndex });
    },
    pullLayer: (remote, expected, { onPartialIndex, onNote, ...options } = {}) =>
      pool.run(
        'pullLayer',
        { remote, expected },
        {
          ...options,
          onEvent: (event) =>
            event instanceof ArrayBuffer ? onPartialIndex?.(event) : onNote?.(event),
        },
      ),
    lookAtLayer: (request, { onNote, ...options } = {}) =>
      pool.run('lookAtLayer', request, { ...options, onEvent: onNote, urgent: true }),
    unpackArchive: unpackInto(content, pool),
    encodeLayer: encodeIntoScratch(content, pool),
    packPiece: (request, options) => pool.run('packPiece', request, options),
    hashBlob: async (source, options = {}) =>
      pool.run('hashBlob', { blob: await blobOf(source, options) }, options),
    indexLayer: async (source, { what, diffId, onPartialIndex, ...options }) => {
      const blob = await blobOf(source, options);
      const request = { blob, what, diffId };
      return pool.run('indexLayer', request, { ...options, onEvent: onPartialIndex });
    },
    readContent: async (layer, location, { limit, signal } = {}) => {
      const blob = await blobOf(layer, { signal });
      return pool.run('readContent', { blob, location, limit }, { signal, urgent: true });
    },
  };
}

/** The page keeps the scratch alive that a worker writes: it outlives the worker, and goes with the tab. */
function unpackInto(content: ContentStore, pool: WorkerPool): UnpackArchive {
  return async (source, options = {}) => {
    const blob = await blobOf(source, options);
    const scratch = await content.scratch(options);
    try {
      await pool.run('unpackArchive', { blob, scratch: scratch.id }, options);
      return { source: await scratch.finish(), release: () => scratch.release() };
    } catch (error) {
      await scratch.release();
      throw error;
    }
  };
}

function encodeIntoScratch(content: ContentStore, pool: WorkerPool): EncodeLayer {
  return async (source, request, options = {}) => {
    const blob = await blobOf(source, options);
    const scratch = await content.scratch(options);
    try {
      const job = { ...request, blob, scratch: scratch.id };
      const encoded = await pool.run('encodeLayer', job, options);
      return { ...encoded, source: await scratch.finish(), release: () => scratch.release() };
    } catch (error) {
      await scratch.release();
      throw error;
    }
  };
}

/**
 * The same for a store that only the page has, where the browser offers none that workers could open: they read and check, and the page
 * stores what they answer.
 */
export function memoryJobs(pool: WorkerPool, store: Pick<Store, 'content'>): PoolJobs {
  return {
    ...poolJobs(pool, store.content),
    ingestLayer: async (source, expected, { onPartialIndex, ...options } = {}) => {
      const blob = await blobOf(source, options);
      const job = { ...options, onEvent: onPartialIndex };
      const { layer, index } = await pool.run('examineLayer', { blob, expected }, job);
      const adoption = await store.content.adopt(blob, options);
      await adoption.commit(layer, { diffId: layer.diffId, bytes: index });
      return layer;
    },
    unpackArchive: async (source, options = {}) => {
      const blob = await blobOf(source, options);
      const unpacked = await pool.run('unpackInMemory', { blob }, options);
      return { source: blobSource(unpacked), release: () => Promise.resolve() };
    },
    encodeLayer: async (source, request, options = {}) => {
      const job = { ...request, blob: await blobOf(source, options) };
      const { blob, ...encoded } = await pool.run('encodeLayer', job, options);
      if (!blob) throw new RangeError('what is packed in memory is a Blob');
      return { ...encoded, source: blobSource(blob), release: () => Promise.resolve() };
    },
  };
}
