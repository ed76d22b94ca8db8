import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytesSource, type ByteRange } from '../../../src/base/byte-source';
import { LIMITS } from '../../../src/base/limits';
import type { ContentLocation } from '../../../src/layer/index/layer-index';
import { readContent, type ReadContentOptions } from '../../../src/layer/read-content';
import { patternBytes } from '../../support/blobs';
import { layerOf } from '../../support/layer-of';
import { tarOf } from '../../support/tar-builder';

const BIG = patternBytes(9000);
const ITEMS = ['etc/', { path: 'etc/passwd', content: 'root\n' }, { path: 'big', content: BIG }];
const TAR = tarOf(ITEMS);
const FORMS = {
  'an uncompressed layer': TAR,
  'a compressed layer': Uint8Array.from(gzipSync(TAR)),
} as const;

function locationOf(path: string): ContentLocation {
  const index = layerOf(ITEMS);
  return index.locate(index.find(path)!.position);
}

async function read(
  layer: Uint8Array<ArrayBuffer>,
  location: ContentLocation,
  options?: ReadContentOptions,
): Promise<Uint8Array> {
  const content = await readContent(bytesSource(layer), location, options);
  return new Uint8Array(await content.arrayBuffer());
}

describe.each(Object.entries(FORMS))('a file of %s', (_form, layer) => {
  it('is read whole', async () => {
    expect(await read(layer, locationOf('etc/passwd'))).toEqual(
      new Uint8Array(Buffer.from('root\n')),
    );
    expect(await read(layer, locationOf('big'))).toEqual(BIG);
  });

  it('is read as far as it is asked for', async () => {
    expect(await read(layer, locationOf('big'), { limit: 7001 })).toEqual(BIG.slice(0, 7001));
    expect(await read(layer, locationOf('etc/passwd'), { limit: 100 })).toHaveLength(5);
  });

  it('with nothing in it is nothing', async () => {
    expect(await read(layer, { offset: 512, storedSize: 0, size: 0 })).toHaveLength(0);
  });

  it('past the end of the layer is refused', async () => {
    const location = { offset: TAR.length - 10, storedSize: 20, size: 20 };
    await expect(read(layer, location)).rejects.toMatchObject({ code: 'truncated' });
  });

  it('is not read once nobody wants it', async () => {
    const signal = AbortSignal.abort();
    await expect(read(layer, locationOf('big'), { signal })).rejects.toBe(signal.reason);
  });
});

describe('a compressed layer', () => {
  it('is unpacked no further than the file goes', async () => {
    const tar = tarOf([
      { path: 'a', content: 'abc' },
      { path: 'b', content: new Uint8Array(40_000_000) },
    ]);
    const bytes = Uint8Array.from(gzipSync(tar, { level: 0 }));
    let read = 0;
    const open = (
      { start, end }: ByteRange = { start: 0, end: bytes.length },
    ): ReadableStream<Uint8Array> => {
      let at = start;
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        const chunk = bytes.subarray(at, Math.min(end, at + 10_000));
        at += chunk.length;
        read += chunk.length;
        if (chunk.length === 0) controller.close();
        else controller.enqueue(chunk);
      };
      return new ReadableStream({ pull }, { highWaterMark: 0 });
    };
    const layer = { size: bytes.length, open };
    const content = await readContent(layer, { offset: 512, size: 3, storedSize: 3 });
    expect(await content.text()).toBe('abc');
    expect(read).toBeLessThan(1_000_000);
  });

  it('holds files larger than what is kept in memory', async () => {
    const content = new Uint8Array(40_000_000).fill(7);
    const packed = Uint8Array.from(gzipSync(tarOf([{ path: 'a', content }]), { level: 0 }));
    const location = { offset: 512, size: content.length, storedSize: content.length };
    const found = await readContent(bytesSource(packed), location);
    expect(Buffer.compare(new Uint8Array(await found.arrayBuffer()), content)).toBe(0);
  });
});

describe('a sparse file', () => {
  const { offset } = locationOf('big');
  const sparse = [
    { offset: 10, length: 4 },
    { offset: 20, length: 6 },
  ];
  const location = { offset, storedSize: 10, size: 30, sparse };

  it('has zeros where nothing is stored', async () => {
    const expected = new Uint8Array(30);
    expected.set(BIG.subarray(0, 4), 10);
    expected.set(BIG.subarray(4, 10), 20);
    expect(await read(TAR, location)).toEqual(expected);
  });

  it('is cut within a run and within a hole', async () => {
    const whole = await read(TAR, location);
    for (const limit of [5, 12, 16, 22, 28]) {
      expect(await read(TAR, location, { limit })).toEqual(whole.slice(0, limit));
    }
  });

  it('with more holes than are filled in is refused, and its beginning shown', async () => {
    const huge = { ...location, size: LIMITS.holeBytes + 11 };
    await expect(read(TAR, huge)).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(await read(TAR, huge, { limit: 30 })).toEqual(await read(TAR, location));
  });
});
