import { gunzipSync } from 'node:zlib';
import { bytesSource, collect } from '../../src/base/byte-source';
import { TarReader } from '../../src/codec/tar-reader';
import { sniff } from '../../src/codec/sniff';
import type { LoadOptions } from '../../src/archive/load';
import { openArchive, type OpenedArchive } from '../../src/archive/open-archive';
import { LayerError } from '../../src/layer/errors';
import type { IngestLayer, UnpackArchive } from '../../src/layer/ingest-layer';
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

/** What a load into a store needs, without workers: layers are read by Node's own inflater, and checked. */
export function loadInto(store: Store): LoadOptions {
  return {
    store,
    ingestLayer: ingestInto(store),
    hashBlob: async (source) => digestOf(await collect(source.open())),
    now: () => NOW,
  };
}

export const unpackArchive: UnpackArchive = async (source) => {
  const bytes = new Uint8Array(gunzipSync(await collect(source.open())));
  return { source: bytesSource(bytes), release: () => Promise.resolve() };
};

function ingestInto(store: Store): IngestLayer {
  return async (source, expected, { signal, onProgress } = {}) => {
    signal?.throwIfAborted();
    const bytes = await collect(source.open(), { signal });
    onProgress?.({ phase: 'layer', done: bytes.length, total: bytes.length, unit: 'bytes' });
    const digest = digestOf(bytes);
    const isGzip = sniff(bytes) === 'gzip';
    if (expected.digest !== undefined && digest !== expected.digest) {
      throw new LayerError('digest-mismatch', `${expected.what} has the digest ${digest}.`);
    }
    if (expected.size !== undefined && bytes.length !== expected.size) {
      throw new LayerError('size-mismatch', `${expected.what} is ${bytes.length} bytes.`);
    }
    const tar = isGzip ? gunzipSync(bytes) : bytes;
    const diffId = digestOf(tar);
    if (expected.diffId !== undefined && diffId !== expected.diffId) {
      throw new LayerError('diff-id-mismatch', `${expected.what} has the diff ID ${diffId}.`);
    }
    const adoption = await store.content.adopt(new Blob([bytes]));
    await adoption.commit({ digest, size: bytes.length });
    await store.indexes.put(diffId, new ArrayBuffer(8));
    return {
      digest,
      diffId,
      size: bytes.length,
      compression: isGzip ? 'gzip' : 'none',
      tarSize: tar.length,
      ...contentOf(tar),
    };
  };
}

function contentOf(tar: Uint8Array): { unpackedSize: number; entryCount: number } {
  let unpackedSize = 0;
  let entryCount = 0;
  const reader = new TarReader({
    entry: ({ size }) => {
      unpackedSize += size;
      entryCount++;
    },
  });
  reader.push(tar);
  reader.finish();
  return { unpackedSize, entryCount };
}
