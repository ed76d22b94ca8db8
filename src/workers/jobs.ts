import { blobSource, forEachChunk, readRange } from '../base/byte-source';
import { ProgressMeter } from '../base/progress-meter';
import type { TaskOptions } from '../base/task';
import { decompress } from '../codec/decompress';
import { createSha256 } from '../codec/sha256';
import { sniff } from '../codec/sniff';
import { createIngestLayer } from '../layer/create-ingest-layer';
import type { ReserveMemory } from '../layer/memory-budget';
import { readContent } from '../layer/read-content';
import { indexLayer } from '../layer/read-layer';
import { digestOfHex, type Digest } from '../oci/digest';
import type { Store } from '../store/store';
import type { JobHandlers } from './jobs-server';

const HEAD_BYTES = 512;

/** What the jobs need, however a worker comes by it. */
export interface JobParts {
  /** Opened by the first job that needs it, and kept. */
  readonly openStore: () => Promise<Store>;
  /** Memory for layers that are summed up at once. */
  readonly reserve: ReserveMemory;
}

/** What a worker does for each job of the map. */
export function createJobs({ openStore, reserve }: JobParts): JobHandlers {
  return {
    ingestLayer: async ({ blob, expected }, { onEvent, ...options }) => {
      const { content, indexes } = await openStore();
      const ingest = createIngestLayer({ content, indexes, reserve });
      return ingest(blobSource(blob), expected, { ...options, onPartialIndex: onEvent });
    },
    unpackArchive: async (request, options) => unpackArchive(await openStore(), request, options),
    hashBlob: ({ blob }, options) => hashBlob(blob, options),
    indexLayer: ({ blob, what, diffId }, { onEvent, ...options }) =>
      indexLayer(blobSource(blob), { ...options, what, diffId, onPartialIndex: onEvent }),
    readContent: ({ blob, location, limit }, { signal }) =>
      readContent(blobSource(blob), location, { limit, signal }),
  };
}

/** Unpacks the outer compression of an archive into a scratch, in constant memory. Resolves to its bytes. */
async function unpackArchive(
  store: Store,
  { blob, scratch: id }: { readonly blob: Blob; readonly scratch: string },
  { signal, onProgress }: TaskOptions,
): Promise<number> {
  const what = nameOf(blob);
  const source = blobSource(blob);
  const format = sniff(await readRange(source, { start: 0, end: HEAD_BYTES }, { signal }));
  const scratch = await store.content.scratch({ id, signal });
  const meter = new ProgressMeter(
    { phase: 'unpack', total: blob.size, unit: 'bytes', subject: what },
    onProgress,
  );
  const visitInput = (chunk: Uint8Array): void => meter.add(chunk.length);
  const unpacked = decompress(source, format, { what, signal, visitInput });
  await forEachChunk(unpacked, (chunk) => scratch.write(chunk), { signal });
  meter.finish();
  return (await scratch.finish()).size ?? 0;
}

async function hashBlob(blob: Blob, { signal, onProgress }: TaskOptions): Promise<Digest> {
  const sum = await createSha256();
  const meter = new ProgressMeter({ phase: 'verify', total: blob.size, unit: 'bytes' }, onProgress);
  const visit = (chunk: Uint8Array): void => {
    sum.update(chunk);
    meter.add(chunk.length);
  };
  await forEachChunk(blobSource(blob).open(), visit, { signal });
  meter.finish();
  return digestOfHex(sum.hex());
}

/** How an error names the archive. */
function nameOf(blob: Blob): string {
  return blob instanceof File ? blob.name : 'the archive';
}
