import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, readRange } from '../../src/base/byte-source';
import { equalBytes } from '../../src/base/bytes';
import type { Descriptor } from '../../src/oci/descriptor';
import type { Digest } from '../../src/oci/digest';
import type { LayerIndexBytes } from '../../src/store/index-store';
import type { ExpectedMetadata, ImageRoot } from '../../src/store/metadata-store';
import type { Store } from '../../src/store/store';
import { all, digestOf, expectedOf, patternBytes, readAll, readText, store } from './blobs';

const MiB = 1024 * 1024;

/** The root of an image of these blobs, whose manifest is the first. */
export function imageRoot(blobs: readonly Digest[], diffIds: readonly Digest[] = []): ImageRoot {
  return {
    target: descriptor(blobs[0]!),
    blobs,
    diffIds,
    storedAt: 0,
    repoDigests: [],
    summary: null,
  };
}

export function descriptor(digest: Digest): Descriptor {
  return { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 };
}

/** What every store keeps, whatever it is made of. `open` gives an empty one. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  let opened: Store;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  describe(`content of ${name}`, () => {
    it('gives back what was written, whole and in ranges', async () => {
      const bytes = patternBytes(1000);
      const { digest, size } = await store(opened.content, bytes);
      const source = await opened.content.open(digest);
      expect(size).toBe(1000);
      expect(source.size).toBe(1000);
      expect(await readAll(source)).toEqual(bytes);
      expect(await readRange(source, { start: 10, end: 20 })).toEqual(bytes.slice(10, 20));
    });

    it('keeps a blob of many chunks of odd sizes, and one of nothing', async () => {
      const bytes = patternBytes(9 * MiB + 17);
      const ingest = await opened.content.begin();
      for (let at = 0; at < bytes.length; at += 100_003) {
        await ingest.write(bytes.subarray(at, at + 100_003));
      }
      await ingest.commit(await expectedOf(bytes));
      const source = await opened.content.open(await digestOf(bytes));
      expect(equalBytes(await readAll(source), bytes)).toBe(true);
      for (const edge of [4 * MiB, 8 * MiB, 9 * MiB]) {
        const range = { start: edge - 100, end: edge + 10 };
        const read = await readRange(source, range);
        expect(equalBytes(read, bytes.subarray(range.start, range.end))).toBe(true);
      }
      const last = await readRange(source, { start: bytes.length - 5, end: bytes.length + 5 });
      expect(last).toEqual(bytes.slice(-5));
      await store(opened.content, '');
      expect(await readText(opened.content, await digestOf(''))).toBe('');
    });

    it('copies a chunk, so that its buffer can be used again', async () => {
      const chunk = patternBytes(10);
      const expected = await expectedOf(chunk);
      const ingest = await opened.content.begin();
      await ingest.write(chunk);
      chunk.fill(0);
      await ingest.commit(expected);
      expect(await readAll(await opened.content.open(expected.digest))).toEqual(patternBytes(10));
    });

    it('shows nothing before a commit', async () => {
      const bytes = patternBytes(10);
      const ingest = await opened.content.begin();
      await ingest.write(bytes);
      expect(await opened.content.stat(await digestOf(bytes))).toBeUndefined();
      expect(await all(opened.content.list())).toEqual([]);
      await ingest.abort();
    });

    it('shows nothing after an abort, and an abort after a commit changes nothing', async () => {
      const given = await opened.content.begin();
      await given.write(patternBytes(10, 1));
      await given.abort();
      const bytes = patternBytes(10, 2);
      const kept = await opened.content.begin();
      await kept.write(bytes);
      await kept.commit(await expectedOf(bytes));
      await kept.abort();
      expect(await all(opened.content.list())).toEqual([await expectedOf(bytes)]);
    });

    it('refuses a blob of another size, and keeps nothing of it', async () => {
      const { digest } = await expectedOf(patternBytes(10));
      const ingest = await opened.content.begin();
      await ingest.write(patternBytes(10));
      await expect(ingest.commit({ digest, size: 11 })).rejects.toMatchObject({
        code: 'size-mismatch',
      });
      expect(await opened.content.stat(digest)).toBeUndefined();
    });

    it('takes the same blob twice', async () => {
      const first = await store(opened.content, 'same');
      const again = await store(opened.content, 'same');
      expect(again).toEqual(first);
      expect(await all(opened.content.list())).toEqual([first]);
      expect(await readText(opened.content, first.digest)).toBe('same');
    });

    it('goes on with a keyed ingest where it stopped, and begins anew after its commit', async () => {
      const bytes = patternBytes(100);
      const expected = await expectedOf(bytes);
      const ingest = await opened.content.begin({ key: expected.digest });
      expect(ingest.offset).toBe(0);
      await ingest.write(bytes);
      await ingest.commit(expected);
      const next = await opened.content.begin({ key: expected.digest });
      expect(next.offset).toBe(0);
      await next.abort();
      expect(await readAll(await opened.content.open(expected.digest))).toEqual(bytes);
    });

    it('goes on with a suspended ingest from its offset, and keeps nothing of one without a key', async () => {
      const bytes = patternBytes(200_000);
      const expected = await expectedOf(bytes);
      const first = await opened.content.begin({ key: expected.digest });
      await first.write(bytes.subarray(0, 100_000));
      await first.suspend();
      const next = await opened.content.begin({ key: expected.digest });
      const before = await collect(await next.written());
      expect(equalBytes(before, bytes.subarray(0, next.offset))).toBe(true);
      await next.write(bytes.subarray(next.offset));
      const written = await collect(await next.written());
      expect(equalBytes(written, bytes)).toBe(true);
      await next.commit(expected);
      const read = await readAll(await opened.content.open(expected.digest));
      expect(equalBytes(read, bytes)).toBe(true);
      const keyless = await opened.content.begin();
      await keyless.write(bytes);
      await keyless.suspend();
      expect(await all(opened.content.list())).toEqual([expected]);
    });

    it('keeps what came whole under a key for the next attempt, until an image names it', async () => {
      const bytes = patternBytes(200_000);
      const expected = await expectedOf(bytes);
      const { digest } = expected;
      const first = await opened.content.begin({ key: digest });
      await first.write(bytes);
      await first.commit(expected);
      expect((await opened.collectGarbage()).blobs).toEqual([]);
      expect(await opened.content.stat(digest)).toBeUndefined();

      const hold = await opened.hold();
      const next = await opened.content.begin({ key: digest });
      expect(next.offset).toBe(bytes.length);
      expect(equalBytes(await collect(await next.written()), bytes)).toBe(true);
      await next.commit(expected);
      const image = imageRoot([digest]);
      await opened.commit({ putImages: [image] });
      await hold.release();
      await opened.commit({ deleteImages: [image.target.digest] });
      expect((await opened.collectGarbage()).blobs).toEqual([digest]);
      const last = await opened.content.begin({ key: digest });
      expect(last.offset).toBe(0);
      await last.abort();
    });

    it('lets the second writer of a key wait for the first, until it is given up', async () => {
      const key = await digestOf('key');
      const first = await opened.content.begin({ key });
      const controller = new AbortController();
      const given = opened.content.begin({ key, signal: controller.signal });
      const waiting = opened.content.begin({ key });
      controller.abort(new DOMException('enough', 'AbortError'));
      await expect(given).rejects.toThrow('enough');
      await first.abort();
      await (await waiting).abort();
    });

    it('rejects what was given up before it began', async () => {
      const signal = AbortSignal.abort(new DOMException('enough', 'AbortError'));
      await expect(opened.content.begin({ signal })).rejects.toThrow('enough');
      await expect(opened.content.adopt(new Blob(['x']), { signal })).rejects.toThrow('enough');
    });

    it('adopts bytes that the browser has, visible at commit', async () => {
      const bytes = patternBytes(200_000);
      const expected = await expectedOf(bytes);
      const file = new Blob([patternBytes(5, 9), bytes, patternBytes(5, 9)]);
      const adoption = await opened.content.adopt(file.slice(5, 200_005));
      expect(await opened.content.stat(expected.digest)).toBeUndefined();
      expect(await adoption.commit(expected)).toEqual(expected);
      expect(equalBytes(await readAll(await opened.content.open(expected.digest)), bytes)).toBe(
        true,
      );
    });

    it('forgets an adoption that was given up, or that has another size', async () => {
      const expected = await expectedOf(patternBytes(10));
      await (await opened.content.adopt(new Blob([patternBytes(10)]))).abort();
      const adoption = await opened.content.adopt(new Blob([patternBytes(9)]));
      await expect(adoption.commit(expected)).rejects.toMatchObject({ code: 'size-mismatch' });
      expect(await all(opened.content.list())).toEqual([]);
    });

    it('says which blob is missing', async () => {
      const digest = await digestOf('nowhere');
      await expect(opened.content.open(digest)).rejects.toMatchObject({
        code: 'blob-missing',
        detail: { digest },
      });
    });

    it('deletes a blob once', async () => {
      const { digest } = await store(opened.content, 'gone');
      expect(await opened.content.delete(digest)).toBe(true);
      expect(await opened.content.delete(digest)).toBe(false);
      await expect(opened.content.open(digest)).rejects.toMatchObject({ code: 'blob-missing' });
    });

    it('keeps a scratch until it is released, and lists it nowhere', async () => {
      const scratch = await opened.content.scratch();
      const sameById = await opened.content.scratch({ id: scratch.id });
      const bytes = patternBytes(300_000);
      await sameById.write(bytes.subarray(0, 123));
      await sameById.write(bytes.subarray(123));
      await sameById.finish();
      const source = await scratch.finish();
      await opened.collectGarbage();
      expect(equalBytes(await readAll(source), bytes)).toBe(true);
      expect(await readRange(source, { start: 120, end: 130 })).toEqual(bytes.slice(120, 130));
      expect(await all(opened.content.list())).toEqual([]);
      await scratch.release();
    });
  });

  describe(`refs and images of ${name}`, () => {
    it('appear together, by name and by digest', async () => {
      const { digest } = await store(opened.content, 'manifest');
      const image = { ...imageRoot([digest]), summary: { layers: [1, 2] } };
      const refs = ['docker.io/library/b:1', 'docker.io/library/a:1'].map((ref) => ({
        name: ref,
        target: image.target,
      }));
      await opened.commit({ putImages: [image], putRefs: refs });
      expect(await all(opened.refs.list())).toEqual(refs.toReversed());
      expect(await opened.refs.resolve('docker.io/library/a:1')).toEqual(image.target);
      expect(await opened.refs.resolve('docker.io/library/c:1')).toBeUndefined();
      expect(await opened.images.get(digest)).toEqual(image);
      expect(await all(opened.images.list())).toEqual([image]);
    });

    it('are deleted before others are put, so that a tag moves in one change', async () => {
      const [a, b] = [await store(opened.content, 'a'), await store(opened.content, 'b')];
      const name = 'docker.io/library/app:latest';
      await opened.commit({
        putImages: [imageRoot([a.digest])],
        putRefs: [{ name, target: descriptor(a.digest) }],
      });
      await opened.commit({
        deleteImages: [a.digest],
        deleteRefs: [name],
        putImages: [imageRoot([b.digest])],
        putRefs: [{ name, target: descriptor(b.digest) }],
      });
      expect(await opened.refs.resolve(name)).toEqual(descriptor(b.digest));
      expect(await opened.images.get(a.digest)).toBeUndefined();
    });

    it('change all at once or not at all', async () => {
      const { digest } = await store(opened.content, 'whole');
      const absent = await digestOf('absent');
      const name = 'docker.io/library/app:latest';
      const change = {
        putImages: [imageRoot([digest]), imageRoot([await digestOf('other'), absent])],
        putRefs: [{ name, target: descriptor(digest) }],
      };
      await expect(opened.commit(change)).rejects.toMatchObject({ code: 'blob-missing' });
      expect(await all(opened.images.list())).toEqual([]);
      expect(await all(opened.refs.list())).toEqual([]);
    });

    it('never leave a ref that points to no image', async () => {
      const { digest } = await store(opened.content, 'tagged');
      const ref = { name: 'docker.io/library/app:latest', target: descriptor(digest) };
      await expect(opened.commit({ putRefs: [ref] })).rejects.toMatchObject({
        code: 'store-conflict',
      });
      await opened.commit({ putImages: [imageRoot([digest])], putRefs: [ref] });
      await expect(opened.commit({ deleteImages: [digest] })).rejects.toMatchObject({
        code: 'store-conflict',
      });
      expect(await opened.images.get(digest)).toBeDefined();
      await opened.commit({ deleteImages: [digest], deleteRefs: [ref.name] });
      expect(await all(opened.refs.list())).toEqual([]);
    });

    it('change only where all is as the change expects it', async () => {
      const [{ digest }, other] = [
        await store(opened.content, 'one'),
        await store(opened.content, 'two'),
      ];
      const image = imageRoot([digest]);
      const ref = { name: 'docker.io/library/app:latest', target: descriptor(digest) };
      const moved = { ...ref, target: descriptor(other.digest) };
      const isFree = { refs: [[ref.name, null]], images: [[digest, null]] } as const;
      await opened.commit({ expected: isFree, putImages: [image], putRefs: [ref] });

      const outdated: readonly ExpectedMetadata[] = [
        isFree,
        { refs: [[ref.name, null]] },
        { refs: [[ref.name, other.digest]] },
        { refs: [['docker.io/library/nope:1', digest]] },
        { images: [[digest, null]] },
        { images: [[digest, { ...image, storedAt: 1 }]] },
        { images: [[digest, { ...image, blobs: [digest, other.digest] }]] },
        { images: [[other.digest, imageRoot([other.digest])]] },
      ];
      for (const expected of outdated) {
        const change = { expected, putImages: [imageRoot([other.digest])], putRefs: [moved] };
        await expect(opened.commit(change)).rejects.toMatchObject({ code: 'store-conflict' });
        expect(await all(opened.refs.list())).toEqual([ref]);
        expect(await all(opened.images.list())).toEqual([image]);
      }

      const asItIs = { refs: [[ref.name, digest]], images: [[digest, image]] } as const;
      await opened.commit({ expected: asItIs, deleteRefs: [ref.name], deleteImages: [digest] });
      expect(await all(opened.images.list())).toEqual([]);
    });

    it('may be stored again though a blob has gone missing', async () => {
      const { digest } = await store(opened.content, 'damaged');
      await opened.commit({ putImages: [imageRoot([digest])] });
      await opened.content.delete(digest);
      await opened.commit({ putImages: [{ ...imageRoot([digest]), storedAt: 7 }] });
      expect((await opened.images.get(digest))?.storedAt).toBe(7);
    });

    it('call back after each commit until told to stop', async () => {
      let calls = 0;
      const stop = opened.onChange(() => (calls += 1));
      await opened.commit({});
      expect(calls).toBe(1);
      stop();
      await opened.commit({});
      expect(calls).toBe(1);
    });
  });

  describe(`garbage collection of ${name}`, () => {
    it('calls back where it freed something', async () => {
      let calls = 0;
      opened.onChange(() => (calls += 1));
      await opened.collectGarbage();
      expect(calls).toBe(0);
      await store(opened.content, 'garbage');
      await opened.collectGarbage();
      expect(calls).toBe(1);
    });

    it('takes what no image names, and says what it took', async () => {
      const keptIndex = await digestOf('kept index');
      const kept = await store(opened.content, 'kept', indexOf(keptIndex, 4));
      const droppedIndex = await digestOf('dropped index');
      const garbage = await store(opened.content, 'garbage', indexOf(droppedIndex, 4));
      await opened.commit({ putImages: [imageRoot([kept.digest], [keptIndex])] });
      expect(await opened.collectGarbage()).toEqual({ blobs: [garbage.digest], bytes: 7 });
      expect(await all(opened.content.list())).toEqual([kept]);
      expect(await all(opened.indexes.list())).toEqual([keptIndex]);
      expect(await readText(opened.content, kept.digest)).toBe('kept');
    });

    it('leaves what a running load has stored, and what it found stored, until released', async () => {
      const before = await store(opened.content, 'before');
      const hold = await opened.hold();
      const absent = await digestOf('absent');
      expect(await hold.add(before.digest, absent)).toEqual([before]);
      const index = await digestOf('index');
      const during = await store(opened.content, 'during', indexOf(index, 4));
      expect(await opened.collectGarbage()).toEqual({ blobs: [], bytes: 0 });
      expect(await all(opened.indexes.list())).toEqual([index]);
      await hold.release();
      await hold.release();
      const collected = await opened.collectGarbage();
      expect(new Set(collected.blobs)).toEqual(new Set([before.digest, during.digest]));
      expect(await all(opened.indexes.list())).toEqual([]);
    });

    it('leaves what is being written', async () => {
      const bytes = patternBytes(100_000);
      const ingest = await opened.content.begin();
      await ingest.write(bytes);
      const adoption = await opened.content.adopt(new Blob([bytes, bytes]));
      await opened.collectGarbage();
      await ingest.commit(await expectedOf(bytes));
      const twice = new Uint8Array([...bytes, ...bytes]);
      await adoption.commit(await expectedOf(twice));
      for (const written of [bytes, twice]) {
        const read = await readAll(await opened.content.open(await digestOf(written)));
        expect(equalBytes(read, written)).toBe(true);
      }
    });
  });

  describe(`indexes, settings and problems of ${name}`, () => {
    it('keeps an index under its diff ID', async () => {
      const diffId = await digestOf('layer');
      const index = patternBytes(100);
      await store(opened.content, 'layer', { diffId, bytes: index.buffer });
      expect(new Uint8Array((await opened.indexes.get(diffId))!)).toEqual(index);
      expect(await opened.indexes.delete(diffId)).toBe(true);
      expect(await opened.indexes.delete(diffId)).toBe(false);
      expect(await opened.indexes.get(diffId)).toBeUndefined();
    });

    it('stores a layer and its index at once, held by whoever loads, or neither', async () => {
      const bytes = patternBytes(200_000);
      const expected = await expectedOf(bytes);
      const index = { diffId: await digestOf('its diff ID'), bytes: patternBytes(50).buffer };
      const refused = await opened.content.adopt(new Blob([bytes]));
      await expect(refused.commit({ ...expected, size: 1 }, index)).rejects.toMatchObject({
        code: 'size-mismatch',
      });
      expect(await all(opened.indexes.list())).toEqual([]);

      const hold = await opened.hold();
      const adoption = await opened.content.adopt(new Blob([bytes]));
      await adoption.commit(expected, index);
      const again = await opened.content.begin();
      await again.write(bytes);
      await again.commit(expected, index);
      await opened.collectGarbage();
      expect(await opened.content.stat(expected.digest)).toEqual(expected);
      expect(new Uint8Array((await opened.indexes.get(index.diffId))!)).toEqual(patternBytes(50));
      await hold.release();
    });

    it('gives indexes in the order in which they are asked for, and none for what it has not got', async () => {
      const [one, two, none] = [await digestOf('1'), await digestOf('2'), await digestOf('0')];
      await store(opened.content, 'one', indexOf(one, 1));
      await store(opened.content, 'two', indexOf(two, 2));
      const found = await opened.indexes.getAll([two, none, one]);
      expect(found.map((index) => index?.byteLength)).toEqual([2, undefined, 1]);
    });

    it('keeps settings as values', async () => {
      await opened.settings.set('app.theme', { mode: 'dark' });
      expect(await opened.settings.get('app.theme')).toEqual({ mode: 'dark' });
      await opened.settings.delete('app.theme');
      expect(await opened.settings.get('app.theme')).toBeUndefined();
    });

    it('forgets the problem of a blob that is stored again, and takes it for unsound until then', async () => {
      const bad = await store(opened.content, 'bad');
      const other = await store(opened.content, 'other');
      const problems = [bad, other].map(({ digest }) => ({
        digest,
        reason: 'corrupt' as const,
        detail: 'The bytes changed.',
      }));
      let calls = 0;
      opened.onChange(() => (calls += 1));
      await opened.setProblems(problems);
      expect(calls).toBe(1);
      expect(new Set(await opened.problems())).toEqual(new Set(problems));
      const hold = await opened.hold();
      expect(await hold.add(bad.digest)).toEqual([]);
      await store(opened.content, 'bad');
      expect(await hold.add(bad.digest)).toEqual([bad]);
      expect(await opened.problems()).toEqual([problems[1]]);
      await hold.release();
    });

    it('says how much is used', async () => {
      await store(opened.content, patternBytes(100_000));
      expect((await opened.usage()).usage).toBeGreaterThanOrEqual(100_000);
    });
  });
}

/** An index of so many bytes. */
function indexOf(diffId: Digest, size: number): LayerIndexBytes {
  return { diffId, bytes: new ArrayBuffer(size) };
}
