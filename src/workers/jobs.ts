import { blobSource, readRange, type ByteSource } from '../base/byte-source';
import { forEachView } from '../base/for-each-view';
import { ProgressMeter } from '../base/progress-meter';
import type { TaskOptions } from '../base/task';
import { createSha256 } from '../codec/hash/sha256';
import { createPiecePacker } from '../codec/compression/piece-packer';
import { sniff } from '../codec/compression/sniff';
import { createIngestLayer } from '../layer/create-ingest-layer';
import { encodeInto } from '../layer/encode-layer';
import { readContent } from '../layer/read-content';
import { indexLayer } from '../layer/read-layer';
import { unpackArchive } from '../layer/unpack-archive';
import { digestOfHex, type Digest } from '../oci/digest';
import type { WorkerSituation } from '../registry/pull/open-remote-blob';
import type { ContentStore } from '../store/content-store';
import { makingRoomFor } from '../store/errors';
import { openMemoryStore } from '../store/memory/open-memory-store';
import type { Store } from '../store/store';
import type { JobHandlers } from './jobs-server';

const HEAD_BYTES = 512;

/** What the jobs need, however a worker comes by it. */
export interface JobParts {
  /** Opened by the first job that needs it, and kept. */
  readonly openStore: () => Promise<Store>;
  /** The way to registries. */
  readonly network: WorkerSituation;
}

/** What a worker does for each job of the map. */
export function createJobs(parts: JobParts): JobHandlers {
  return { ...storeJobs(parts), ...registryJobs(parts), ...MEMORY_JOBS, ...READING_JOBS };
}

type Jobs<Name extends keyof JobHandlers> = Pick<JobHandlers, Name>;

/** What ends in the store. */
function storeJobs({ openStore }: JobParts): Jobs<'ingestLayer' | 'unpackArchive' | 'encodeLayer'> {
  return {
    ingestLayer: async ({ blob, expected }, { onEvent, ...options }) => {
      const { content } = await openStore();
      const ingest = createIngestLayer(content);
      return ingest(blobSource(blob), expected, { ...options, onPartialIndex: onEvent });
    },
    unpackArchive: async ({ blob, scratch: id }, options) => {
      const { content } = await openStore();
      const unpacked = await unpackIntoScratch(content, { blob, id }, options);
      return unpacked.size ?? 0;
    },
    encodeLayer: async ({ blob, scratch: id, ...request }, options) => {
      const { content } = await (id === undefined ? openMemoryStore() : openStore());
      const scratch = await content.scratch({ ...options, ...(id === undefined ? {} : { id }) });
      const encoded = await encodeInto(scratch, { source: blobSource(blob), ...request }, options);
      const source = await scratch.finish();
      return id === undefined && source.blob ? { ...encoded, blob: source.blob } : encoded;
    },
  };
}

/** What reads from a registry, whose client is fetched with the first of them. */
function registryJobs({ openStore, network }: JobParts): Jobs<'pullLayer' | 'lookAtLayer'> {
  return {
    pullLayer: async ({ remote, expected }, { onEvent, ...options }) => {
      const { content } = await openStore();
      const ingest = createIngestLayer(content);
      const { openRemoteBlob } = await import('../registry/pull/open-remote-blob');
      const source = openRemoteBlob(remote, network, onEvent);
      return ingest(source, expected, { ...options, resumable: true, onPartialIndex: onEvent });
    },
    lookAtLayer: async (request, { onEvent, ...options }) => {
      const { openRemoteBlob } = await import('../registry/pull/open-remote-blob');
      const { lookAtLayer } = await import('../registry/remote/remote-layer');
      return lookAtLayer(openRemoteBlob(request.remote, network, onEvent), request, options);
    },
  };
}

/** What leaves nothing in the store. */
const MEMORY_JOBS: Jobs<'examineLayer' | 'unpackInMemory'> = {
  examineLayer: async ({ blob, expected }, { onEvent, ...options }) => {
    const { content, indexes } = await openMemoryStore();
    const ingest = createIngestLayer(content);
    const source = blobSource(blob);
    const layer = await ingest(source, expected, { ...options, onPartialIndex: onEvent });
    const index = await indexes.get(layer.diffId);
    if (!index) throw new RangeError(`${expected.what} has no index after it was read`);
    return { layer, index };
  },
  unpackInMemory: async ({ blob }, options) => {
    const { content } = await openMemoryStore();
    const unpacked = await unpackIntoScratch(content, { blob }, options);
    if (!unpacked.blob) throw new RangeError('what is unpacked in memory is a Blob');
    return unpacked.blob;
  },
};

/** What answers with what it has read. */
const READING_JOBS: Jobs<'packPiece' | 'hashBlob' | 'indexLayer' | 'readContent'> = {
  packPiece: async ({ format, blob, lookBack }) => {
    const [pack, bytes] = await Promise.all([createPiecePacker(format), blob.arrayBuffer()]);
    return pack(new Uint8Array(bytes, lookBack), new Uint8Array(bytes, 0, lookBack));
  },
  hashBlob: ({ blob }, options) => hashBlob(blob, options),
  indexLayer: ({ blob, what, diffId }, { onEvent, ...options }) =>
    indexLayer(blobSource(blob), { ...options, what, diffId, onPartialIndex: onEvent }),
  readContent: ({ blob, location, limit }, { signal }) =>
    readContent(blobSource(blob), location, { limit, signal }),
};

/** Unpacks the outer compression of an archive into a scratch, one of another context where `id` names it. */
async function unpackIntoScratch(
  content: ContentStore,
  { blob, id }: { readonly blob: Blob; readonly id?: string },
  { signal, onProgress }: TaskOptions,
): Promise<ByteSource> {
  const what = nameOf(blob);
  const source = blobSource(blob);
  const format = sniff(await readRange(source, { start: 0, end: HEAD_BYTES }, { signal }));
  const scratch = await content.scratch({ signal, ...(id === undefined ? {} : { id }) });
  const meter = new ProgressMeter(
    { phase: 'unpack', total: blob.size, unit: 'bytes', subject: what },
    onProgress,
  );
  const visitInput = (chunk: Uint8Array): void => meter.add(chunk.length);
  const write = (chunk: Uint8Array): Promise<void> => scratch.write(chunk);
  const unpacked = await makingRoomFor(what, async () => {
    await unpackArchive(source, { what, format, write, signal, visitInput });
    return scratch.finish();
  });
  meter.finish();
  return unpacked;
}

async function hashBlob(blob: Blob, { signal, onProgress }: TaskOptions): Promise<Digest> {
  const sum = await createSha256();
  const meter = new ProgressMeter({ phase: 'verify', total: blob.size, unit: 'bytes' }, onProgress);
  const visit = (chunk: Uint8Array): void => {
    sum.update(chunk);
    meter.add(chunk.length);
  };
  await forEachView(blobSource(blob).open(), visit, { signal });
  meter.finish();
  return digestOfHex(sum.hex());
}

/** How an error names the archive. */
function nameOf(blob: Blob): string {
  return blob instanceof File ? blob.name : 'the archive';
}
