import { afterEach, describe, expect, it, vi } from 'vitest';
import { bytesSource, collect, concatBytes, type ByteSource } from '../../../src/base/byte-source';
import { equalBytes } from '../../../src/base/bytes';
import { decompress } from '../../../src/codec/compression/decompress';
import { CodecError } from '../../../src/codec/errors';
import { sha256Digest, createSha256 } from '../../../src/codec/hash/sha256';
import { sniff } from '../../../src/codec/compression/sniff';
import { createXxh3 } from '../../../src/codec/hash/xxh3';
import { noise, piecedSource, text } from '../../support/streams';

/** What the browser's own decoder does is not what Node's does: it takes one member, and nothing after it. */
const large = noise(3_000_000);
const small = text(30);

afterEach(() => vi.unstubAllGlobals());

describe('gzip in a browser', () => {
  it('of one member is unpacked by the browser, and read once', async () => {
    const native = countNative();
    const source = piecedSource(await gzip(large), 100_000);
    await expectContent(source, large);
    expect(native()).toBe(1);
    expect(source.opened()).toBe(1);
  });

  it('of many short members is not given to the browser', async () => {
    const native = countNative();
    const parts = Array.from({ length: 40 }, (_, i) =>
      large.subarray(i * 10_000, (i + 1) * 10_000),
    );
    const members = concatBytes(await Promise.all(parts.map(gzip)));
    const source = piecedSource(members, 100_000);
    await expectContent(source, large.subarray(0, 400_000));
    expect(native()).toBe(0);
    expect(source.opened()).toBe(1);
  });

  it('of a long member and another is unpacked whole', async () => {
    const members = concatBytes([await gzip(large), await gzip(small)]);
    for (const length of [1000, 65_536, members.length]) {
      const source = piecedSource(members, length);
      await expectContent(source, concatBytes([large, small]));
      expect(source.opened()).toBe(2);
    }
  });

  it('of a long member that unpacks to much more than it is goes on with the next', async () => {
    const content = new Uint8Array(60_000_000);
    content.set(large, 0);
    const members = concatBytes([await gzip(content), await gzip(small)]);
    await expectContent(bytesSource(members), concatBytes([content, small]));
  }, 120_000);

  it('of a long member may be padded with zeros', async () => {
    const padded = concatBytes([await gzip(large), new Uint8Array(10_000)]);
    await expectContent(bytesSource(padded), large);
  });

  it('of a long member is visited once, however often it is read', async () => {
    const members = concatBytes([await gzip(large), await gzip(small)]);
    const visited: Uint8Array[] = [];
    const visitInput = (chunk: Uint8Array): void => void visited.push(chunk.slice());
    await collect(decompress(piecedSource(members, 70_000), 'gzip', { visitInput }));
    expect(equalBytes(concatBytes(visited), members)).toBe(true);
  });

  it('that is cut off is truncated, wherever that is', async () => {
    const bytes = await gzip(large);
    const cuts = [
      0,
      1,
      9,
      10,
      500,
      262_144,
      300_000,
      bytes.length - 9,
      bytes.length - 8,
      bytes.length - 1,
    ];
    for (const length of cuts) {
      expect([length, await errorOf(bytesSource(bytes.slice(0, length)))]).toEqual([
        length,
        'truncated',
      ]);
    }
  });

  it('with a wrong byte is damaged, in its data, checksum and length alike', async () => {
    const bytes = await gzip(large);
    for (const at of [
      1000,
      300_000,
      bytes.length - 8,
      bytes.length - 5,
      bytes.length - 4,
      bytes.length - 1,
    ]) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      expect([at, await errorOf(bytesSource(damaged))]).toEqual([at, 'bad-compression']);
    }
  });

  it('of a long member followed by something else is damaged at that offset', async () => {
    const bytes = await gzip(large);
    const source = bytesSource(concatBytes([bytes, text(1)]));
    await expect(collect(decompress(source, 'gzip'))).rejects.toMatchObject({
      code: 'bad-compression',
      detail: { offset: bytes.length },
    });
  });

  it('gives up when it is aborted, and leaves nothing waiting', async () => {
    const controller = new AbortController();
    const source = piecedSource(await gzip(large), 50_000);
    let chunks = 0;
    const reader = decompress(source, 'gzip', { signal: controller.signal }).getReader();
    const failure = (async () => {
      while (!(await reader.read()).done) {
        chunks++;
        if (chunks === 5) controller.abort(new DOMException('enough', 'AbortError'));
      }
    })();
    await expect(failure).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('stops in the middle when it is cancelled', async () => {
    const source = piecedSource(await gzip(large), 50_000);
    const reader = decompress(source, 'gzip').getReader();
    await reader.read();
    await reader.cancel('enough');
    expect((await reader.read()).done).toBe(true);
  });
});

describe('the other formats in a browser', () => {
  const urls = import.meta.glob<string>('../../fixtures/streams/*.{zst,xz,bz2}', {
    query: '?url',
    import: 'default',
    eager: true,
  });

  it.each(['one.zst', 'unchecked.zst', 'one.xz', 'crc32.xz', 'one.bz2'])(
    'unpack %s',
    async (name) => {
      const response = await fetch(urls[`../../fixtures/streams/${name}`] ?? '');
      const bytes = new Uint8Array(await response.arrayBuffer());
      const content = await collect(decompress(piecedSource(bytes, 50), sniff(bytes)));
      expect(equalBytes(content, small)).toBe(true);
    },
  );
});

describe('hashes in a browser', () => {
  it('agree with each other, in pieces and whole', async () => {
    const hash = await createSha256();
    for (let at = 0; at < large.length; at += 77_777) hash.update(large.subarray(at, at + 77_777));
    expect(`sha256:${hash.hex()}`).toBe(await sha256Digest(large));
  });

  it('tell contents apart', async () => {
    const hasher = await createXxh3();
    const sum = (bytes: Uint8Array): string => {
      hasher.init();
      hasher.update(bytes);
      return hasher.digest().join();
    };
    expect(sum(small)).toBe(sum(small.slice()));
    expect(sum(small)).not.toBe(sum(small.subarray(1)));
  });
});

/** How many of the browser's decoders have been made since. */
function countNative(): () => number {
  let count = 0;
  const Native = DecompressionStream;
  vi.stubGlobal(
    'DecompressionStream',
    class extends Native {
      constructor(format: CompressionFormat) {
        super(format);
        count++;
      }
    },
  );
  return () => count;
}

async function gzip(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return collect(new Blob([content]).stream().pipeThrough(new CompressionStream('gzip')));
}

async function expectContent(source: ByteSource, content: Uint8Array): Promise<void> {
  const unpacked = await collect(decompress(source, 'gzip'));
  expect(unpacked.length).toBe(content.length);
  expect(equalBytes(unpacked, content)).toBe(true);
}

async function errorOf(source: ByteSource): Promise<string> {
  try {
    await collect(decompress(source, 'gzip'));
    return 'unpacked';
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
}
