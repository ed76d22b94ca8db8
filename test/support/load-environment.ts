import { bytesSource, collect, concatBytes, readRange } from '../../src/base/byte-source';
import { isCompression, sniff } from '../../src/codec/compression/sniff';
import type { LoadOptions } from '../../src/archive/load';
import { openArchive, type OpenedArchive } from '../../src/archive/open-archive';
import { createIngestLayer } from '../../src/layer/create-ingest-layer';
import type { UnpackArchive } from '../../src/layer/ingest-layer';
import { unpackArchive as unpackTo } from '../../src/layer/unpack-archive';
import type { Store } from '../../src/store/store';
import { digestOf } from './archive-builder';
import { tarOf, type TarItem } from './tar-builder';

export const NOW = Date.UTC(2026, 0, 2);

/** Opens an archive made of these entries, or of these bytes. */
export function openItems(
  items: readonly (TarItem | string)[] | Uint8Array<ArrayBuffer>,
  name = 'app.tar',
): Promise<OpenedArchive> {
  const bytes = items instanceof Uint8Array ? items : tarOf(items);
  return openArchive(bytesSource(bytes), { name, unpackArchive });
}

/** What a load into a store needs, without workers. */
export function loadInto(store: Store): LoadOptions {
  return {
    store,
    ingestLayer: createIngestLayer(store.content),
    hashBlob: async (source) => digestOf(await collect(source.open())),
    now: () => NOW,
  };
}

export const unpackArchive: UnpackArchive = async (source, { signal } = {}) => {
  const format = sniff(await readRange(source, { start: 0, end: 512 }));
  if (!isCompression(format)) throw new RangeError(`${format} is no compression`);
  const what = source.blob instanceof File ? source.blob.name : 'the archive';
  const chunks: Uint8Array[] = [];
  const write = (chunk: Uint8Array): void => void chunks.push(chunk.slice());
  await unpackTo(source, { what, format, write, signal });
  return { source: bytesSource(concatBytes(chunks)), release: () => Promise.resolve() };
};
