import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  blobSource,
  bytesSource,
  concatBytes,
  type ByteSource,
} from '../../../src/base/byte-source';
import { encodeUtf8 } from '../../../src/base/bytes';
import type { Progress } from '../../../src/base/task';
import { createIngestLayer } from '../../../src/layer/create-ingest-layer';
import type { IngestLayer } from '../../../src/layer/ingest-layer';
import { openLayerIndex } from '../../../src/layer/index/open-layer-index';
import { indexLayer } from '../../../src/layer/read-layer';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { all, digestOf, patternBytes, readAll } from '../../support/blobs';
import { pathsOf } from '../../support/layer-of';
import { tarOf } from '../../support/tar-builder';

const WHAT = 'layer 3 (blobs/sha256/5c4e)';
const TAR = tarOf([
  'etc/',
  { path: 'etc/passwd', content: 'root' },
  { path: 'big', content: patternBytes(99_999) },
]);
const GZIP = Uint8Array.from(gzipSync(TAR));

interface Bench {
  readonly store: Store;
  readonly ingest: IngestLayer;
  /** How many blobs and indexes the store holds. */
  readonly stored: () => Promise<[number, number]>;
}

async function bench(): Promise<Bench> {
  const store = await openMemoryStore();
  const { content, indexes } = store;
  return {
    store,
    ingest: createIngestLayer(content),
    stored: async () => [(await all(content.list())).length, (await all(indexes.list())).length],
  };
}

/** Bytes that can only be streamed, in pieces of the given size. */
function streamOnly(bytes: Uint8Array, piece = 10_000): ByteSource & { opened: number } {
  const source = {
    size: bytes.length,
    opened: 0,
    open: () => {
      source.opened++;
      let at = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= bytes.length) controller.close();
          else controller.enqueue(bytes.subarray(at, (at += piece)));
        },
      });
    },
  };
  return source;
}

/** Bytes that do not compress. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 255);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const damaged = Uint8Array.from(bytes);
  damaged[at] = (damaged[at] ?? 0) ^ 1;
  return damaged;
}

describe('a layer that is taken in', () => {
  it('is summed up, indexed and stored as it came', async () => {
    const { store, ingest } = await bench();
    const digest = await digestOf(TAR);
    const expected = { digest, size: TAR.length, diffId: digest, what: WHAT };
    expect(await ingest(bytesSource(TAR), expected)).toEqual({
      digest,
      diffId: digest,
      size: TAR.length,
      compression: 'none',
      unpackedSize: 100_003,
      tarSize: TAR.length,
      entryCount: 3,
    });
    expect(await digestOf(await readAll(await store.content.open(digest)))).toBe(digest);
    const index = openLayerIndex((await store.indexes.get(digest)) ?? new ArrayBuffer(0));
    expect(index.diffId).toBe(digest);
    expect(pathsOf(index.entries())).toEqual(['big', 'etc', 'etc/passwd']);
  });

  it('may be compressed, and is stored so', async () => {
    const { store, ingest } = await bench();
    const [digest, diffId] = [await digestOf(GZIP), await digestOf(TAR)];
    const layer = await ingest(bytesSource(GZIP), { digest, diffId, what: WHAT });
    expect(layer).toMatchObject({ digest, diffId, size: GZIP.length, compression: 'gzip' });
    expect(layer.tarSize).toBe(TAR.length);
    expect(await digestOf(await readAll(await store.content.open(digest)))).toBe(digest);
    expect(openLayerIndex((await store.indexes.get(diffId)) ?? new ArrayBuffer(0)).entryCount).toBe(
      3,
    );
  });

  it('may be a gzip of many members, and go on past the end of its tar', async () => {
    const { ingest } = await bench();
    const tail = encodeUtf8('x'.repeat(512));
    const members = [TAR.subarray(0, 700), TAR.subarray(700), tail].map((part) => gzipSync(part));
    const diffId = await digestOf(concatBytes([TAR, tail]));
    const layer = await ingest(bytesSource(concatBytes(members)), { diffId, what: WHAT });
    expect(layer).toMatchObject({ diffId, entryCount: 3, tarSize: TAR.length + 512 });
  });

  it('is written as it comes where it comes from afar, and fetched once', async () => {
    for (const bytes of [TAR, GZIP]) {
      const { store, ingest } = await bench();
      const source = streamOnly(bytes);
      const digest = await digestOf(bytes);
      await ingest(source, { digest, what: WHAT });
      expect(await digestOf(await readAll(await store.content.open(digest)))).toBe(digest);
      expect(source.opened).toBe(1);
    }
  });

  it('is known for what it is however large the first piece is that comes', async () => {
    const large = tarOf([{ path: 'noise', content: noise(3 * 1024 * 1024) }]);
    const bytes = Uint8Array.from(gzipSync(large));
    for (const piece of [1024 * 1024 + 1, bytes.length]) {
      const { ingest } = await bench();
      const source = streamOnly(bytes, piece);
      const layer = await ingest(source, { digest: await digestOf(bytes), what: WHAT });
      expect(layer).toMatchObject({ compression: 'gzip', entryCount: 1 });
      expect(source.opened).toBe(1);
    }
  });

  it('is fetched from its first byte where what an earlier attempt left turns out to be wrong', async () => {
    const { store, ingest } = await bench();
    const digest = await digestOf(GZIP);
    const earlier = await store.content.begin({ key: digest });
    await earlier.write(flipped(GZIP, 200).subarray(0, 300));
    await earlier.suspend();
    const source = blobSource(new Blob([GZIP]));
    const afar: ByteSource = { size: source.size, open: (range) => source.open(range) };
    const layer = await ingest(afar, { digest, what: WHAT }, { resumable: true });
    expect(layer.digest).toBe(digest);
    expect(await digestOf(await readAll(await store.content.open(digest)))).toBe(digest);
  });

  it('may have no bytes, or nothing but zeros', async () => {
    for (const size of [0, 512, 1024, 10_240]) {
      const { ingest } = await bench();
      const bytes = new Uint8Array(size);
      const diffId = await digestOf(bytes);
      const layer = await ingest(bytesSource(bytes), { diffId, what: WHAT });
      expect(layer).toMatchObject({ diffId, entryCount: 0, unpackedSize: 0 });
    }
  });

  it('may lack what ends a tar', async () => {
    const { ingest } = await bench();
    const bytes = tarOf([{ path: 'a', content: 'abc' }], { end: false });
    expect((await ingest(bytesSource(bytes), { what: WHAT })).entryCount).toBe(1);
  });

  it('tells how much of it has been read, in stored bytes', async () => {
    for (const bytes of [TAR, GZIP]) {
      const { ingest } = await bench();
      const told: Progress[] = [];
      await ingest(bytesSource(bytes), { what: WHAT }, { onProgress: (step) => told.push(step) });
      expect(told.map(({ done }) => done)).toEqual(
        told.map(({ done }) => done).sort((a, b) => a - b),
      );
      expect(told.at(-1)).toMatchObject({ done: bytes.length, total: bytes.length, unit: 'bytes' });
    }
  });

  it('is stored once', async () => {
    const { ingest, stored } = await bench();
    await ingest(bytesSource(TAR), { what: WHAT });
    await ingest(bytesSource(TAR), { what: WHAT });
    expect(await stored()).toEqual([1, 1]);
  });
});

describe('a layer that is not what it should be', () => {
  const refused = async (
    bytes: Uint8Array<ArrayBuffer>,
    expected: Partial<Parameters<IngestLayer>[1]>,
    problem: object,
  ): Promise<void> => {
    for (const source of [bytesSource(bytes), streamOnly(bytes)]) {
      const { ingest, stored } = await bench();
      await expect(ingest(source, { what: WHAT, ...expected })).rejects.toMatchObject(problem);
      expect(await stored()).toEqual([0, 0]);
    }
  };

  it('by its digest is refused, and nothing stored', async () => {
    const digest = await digestOf('other');
    const found = await digestOf(GZIP);
    await refused(
      GZIP,
      { digest, archiveOffset: 4096 },
      {
        code: 'digest-mismatch',
        message: `${WHAT} (offset 4096) is damaged or not what it is said to be: its digest is ${found}, not ${digest}.`,
        detail: { what: WHAT, expected: digest, found, archiveOffset: 4096 },
      },
    );
  });

  it('by its diff ID is refused, and nothing stored', async () => {
    const diffId = await digestOf('other');
    await refused(GZIP, { diffId }, { code: 'diff-id-mismatch', detail: { expected: diffId } });
    await refused(TAR, { diffId }, { code: 'diff-id-mismatch', detail: { expected: diffId } });
  });

  it('by its size is refused, and nothing stored', async () => {
    const detail = { found: TAR.length, expected: 7 };
    await refused(TAR, { size: 7 }, { code: 'size-mismatch', detail });
  });

  it.each([
    ['a PNG image', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0)],
    ['a JSON document', encodeUtf8('{"_type":"https://in-toto.io/Statement/v0.1"}')],
    ['a JSON document', Uint8Array.from(gzipSync('{"a":1}'))],
    ['data of an unknown format', new Uint8Array(2000).fill(0xee)],
  ])('because it is %s is refused by name', async (words, bytes) => {
    await refused(
      bytes,
      {},
      {
        code: 'not-a-layer',
        message: `${WHAT} is not a layer: it is ${words}, not a tar archive.`,
      },
    );
  });

  it('because it is cut off is refused', async () => {
    await refused(TAR.slice(0, 4000), {}, { code: 'truncated' });
    await refused(GZIP.slice(0, 3000), {}, { code: 'truncated' });
  });

  it('because of a flipped byte is said to be damaged, wherever that is', async () => {
    const [digest, diffId] = [await digestOf(TAR), await digestOf(GZIP)];
    for (const at of [3, 130, 600, 1100, 5000]) {
      const { ingest } = await bench();
      const source = bytesSource(flipped(TAR, at));
      await expect(ingest(source, { what: WHAT, digest })).rejects.toMatchObject({
        code: 'digest-mismatch',
      });
      await expect(ingest(source, { what: WHAT, diffId: digest })).rejects.toMatchObject({
        code: 'diff-id-mismatch',
      });
    }
    for (const at of [20, 100, 300, 60_000]) {
      const { ingest } = await bench();
      const source = bytesSource(flipped(GZIP, at));
      await expect(ingest(source, { what: WHAT, digest: diffId })).rejects.toMatchObject({
        code: 'digest-mismatch',
      });
    }
  });

  it('and that nobody knows the digest of says where its tar cannot be read', async () => {
    await refused(
      flipped(TAR, 1600),
      { archiveOffset: 77 },
      {
        code: 'bad-tar',
        detail: { what: WHAT, offset: 1536 },
      },
    );
    const { ingest } = await bench();
    await expect(
      ingest(bytesSource(flipped(TAR, 1600)), { what: WHAT, archiveOffset: 77 }),
    ).rejects.toMatchObject({ detail: { offset: 1536, archiveOffset: 77 } });
  });

  it('hands out the index of what could be read', async () => {
    const { ingest } = await bench();
    const indexes: ArrayBuffer[] = [];
    const onPartialIndex = (index: ArrayBuffer): void => void indexes.push(index);
    const task = ingest(bytesSource(flipped(TAR, 1600)), { what: WHAT }, { onPartialIndex });
    await expect(task).rejects.toThrow();
    const index = openLayerIndex(indexes.at(-1) ?? new ArrayBuffer(0));
    expect(pathsOf(index.entries())).toEqual(['etc', 'etc/passwd']);
    expect(index.diffId).toBeUndefined();
  });
});

describe('an ingest that is given up', () => {
  it('rejects with the reason of the signal, and stores nothing', async () => {
    for (const bytes of [TAR, GZIP]) {
      for (const source of [bytesSource(bytes), streamOnly(bytes, 1000)]) {
        const { ingest, stored } = await bench();
        const controller = new AbortController();
        const reason = new DOMException('enough', 'AbortError');
        const onProgress = (): void => controller.abort(reason);
        const task = ingest(source, { what: WHAT }, { signal: controller.signal, onProgress });
        await expect(task).rejects.toBe(reason);
        expect(await stored()).toEqual([0, 0]);
      }
    }
  });
});

describe('the index of a layer alone', () => {
  it('is that of the ingest, and nothing is stored', async () => {
    const { store, ingest } = await bench();
    const { diffId } = await ingest(bytesSource(GZIP), { what: WHAT });
    const alone = await indexLayer(bytesSource(GZIP), { what: WHAT, diffId });
    expect(new Uint8Array(alone)).toEqual(
      new Uint8Array((await store.indexes.get(diffId)) ?? new ArrayBuffer(0)),
    );
  });

  it('says what could be read before it fails', async () => {
    const indexes: ArrayBuffer[] = [];
    const task = indexLayer(blobSource(new Blob([TAR.slice(0, 3000)])), {
      what: WHAT,
      onPartialIndex: (index) => void indexes.push(index),
    });
    await expect(task).rejects.toMatchObject({ code: 'truncated' });
    expect(openLayerIndex(indexes.at(-1) ?? new ArrayBuffer(0)).entryCount).toBe(3);
  });
});
