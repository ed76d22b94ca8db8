import { describe, expect, it } from 'vitest';
import {
  blobSource,
  bytesSource,
  collect,
  concatBytes,
  forEachChunk,
  readRange,
  sliceSource,
  type ByteSource,
} from '../../../src/base/byte-source';
import { forEachView } from '../../../src/base/for-each-view';
import { encodeUtf8, equalBytes } from '../../../src/base/bytes';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A source that is no Blob, as a remote one is. */
function remoteSource(content: string): ByteSource {
  const bytes = encodeUtf8(content);
  return {
    size: bytes.length,
    open: (range) => new Blob([bytes.slice(range?.start ?? 0, range?.end)]).stream(),
  };
}

function chunkStream(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += 70_000)));
      else controller.close();
    },
  });
}

/** As a Blob's stream in a browser: it writes into the reader's buffer. */
function byteStream(
  bytes: Uint8Array<ArrayBuffer>,
  piece = 70_000,
  onCancel: (reason: unknown) => void = () => undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const request = controller.byobRequest;
      if (at >= bytes.length) {
        controller.close();
        request?.respond(0);
        return;
      }
      const { buffer, byteOffset = 0, byteLength = 0 } = request?.view ?? {};
      if (!buffer) throw new TypeError('nobody gave a buffer');
      const part = bytes.subarray(at, at + Math.min(piece, byteLength));
      new Uint8Array(buffer, byteOffset).set(part);
      at += part.length;
      request?.respond(part.length);
    },
    cancel: onCancel,
  });
}

describe.each([
  ['of a Blob', bytesSource(encodeUtf8('0123456789'))],
  ['without a Blob', remoteSource('0123456789')],
])('a source %s', (_, source) => {
  it('opens whole, any number of times', async () => {
    expect(text(await collect(source.open()))).toBe('0123456789');
    expect(text(await collect(source.open()))).toBe('0123456789');
  });

  it('reads a half-open range', async () => {
    expect(text(await readRange(source, { start: 2, end: 5 }))).toBe('234');
  });

  it('slices a slice', async () => {
    const slice = sliceSource(sliceSource(source, { start: 2, end: 8 }), { start: 1, end: 4 });
    expect(slice.size).toBe(3);
    expect(text(await collect(slice.open()))).toBe('345');
    expect(text(await collect(slice.open({ start: 1, end: 99 })))).toBe('45');
  });
});

describe('forEachView', () => {
  it.each([
    ['a stream that reads into a buffer', (bytes: Uint8Array<ArrayBuffer>) => byteStream(bytes)],
    ['a stream of its own chunks', (bytes: Uint8Array<ArrayBuffer>) => chunkStream(bytes)],
  ])('hands out all bytes of %s, in order', async (_, open) => {
    const bytes = Uint8Array.from({ length: 1_500_001 }, (_byte, i) => i % 251);
    const seen: Uint8Array[] = [];
    await forEachView(open(bytes), (view) => void seen.push(view.slice()));
    expect(equalBytes(concatBytes(seen), bytes)).toBe(true);
  });

  it('keeps a view as it is until the visitor has done with it', async () => {
    const seen: number[] = [];
    await forEachView(byteStream(Uint8Array.of(1, 2, 3), 1), async (view) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(...view);
    });
    expect(seen).toEqual([1, 2, 3]);
  });

  it('cancels the stream when the visitor throws', async () => {
    let cancelled: unknown;
    const stream = byteStream(new Uint8Array(9), 1, (reason) => (cancelled = reason));
    const problem = new Error('enough');
    const visit = (): void => {
      throw problem;
    };
    await expect(forEachView(stream, visit)).rejects.toBe(problem);
    expect(cancelled).toBe(problem);
  });
});

describe('forEachChunk', () => {
  it('cancels the stream when the visitor throws', async () => {
    let cancelled: unknown;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(4)),
      cancel: (reason) => void (cancelled = reason),
    });
    const problem = new Error('enough');
    await expect(
      forEachChunk(stream, () => {
        throw problem;
      }),
    ).rejects.toBe(problem);
    expect(cancelled).toBe(problem);
  });

  it('lets other events in, even where the stream always has more', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(4)),
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new DOMException('heard', 'AbortError')), 5);
    await expect(
      forEachChunk(endless, () => undefined, { signal: controller.signal }),
    ).rejects.toThrow('heard');
  });

  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const stream = blobSource(new Blob([new Uint8Array(100)])).open();
    controller.abort(new DOMException('no more', 'AbortError'));
    await expect(
      forEachChunk(stream, () => undefined, { signal: controller.signal }),
    ).rejects.toThrow('no more');
  });
});
