import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { bytesSource, collect, concatBytes, type ByteSource } from '../../../src/base/byte-source';
import { equalBytes } from '../../../src/base/bytes';
import { decompress, type DecompressOptions } from '../../../src/codec/compression/decompress';
import { CodecError } from '../../../src/codec/errors';
import { sniff, type Format } from '../../../src/codec/compression/sniff';
import { cutSource, noise, piecedSource, text } from '../../support/streams';

// Some tests decode a stream once for each of its bytes.
vi.setConfig({ testTimeout: 60_000 });

const small = text(30);
const SKIPPABLE = Uint8Array.of(0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);

interface Stream {
  readonly format: Format;
  /** What the stream is joined of; it may end after each. */
  readonly parts: readonly Uint8Array[];
  readonly content: Uint8Array;
}

/** Every form that a format allows a stream to have. */
const STREAMS: Readonly<Record<string, Stream>> = {
  'gzip of one member': stream('gzip', [gzip(small)], small),
  'gzip with a name, a comment and an extra field': stream('gzip', [gzipWithFields(small)], small),
  'gzip of several members, one of them empty': stream(
    'gzip',
    [gzip(small.subarray(0, 500)), gzip(small.subarray(0, 0)), gzip(small.subarray(500))],
    small,
  ),
  'gzip with zeros after and between members': stream(
    'gzip',
    [gzip(small.subarray(0, 9)), ...zeros(3), gzip(small.subarray(9)), ...zeros(20)],
    small,
  ),
  'gzip of nothing': stream('gzip', [gzip(small.subarray(0, 0))], new Uint8Array()),
  'zstd of one frame': stream('zstd', [fixture('one.zst')], small),
  'zstd of nothing': stream('zstd', [fixture('empty.zst')], new Uint8Array()),
  'zstd of several frames, skippable ones among them': stream(
    'zstd',
    [SKIPPABLE, fixture('one.zst'), SKIPPABLE, fixture('one.zst'), SKIPPABLE],
    concatBytes([small, small]),
  ),
  'xz of one stream': stream('xz', [fixture('one.xz')], small),
  'xz of several blocks, as several threads write it': stream('xz', [fixture('threads.xz')], small),
  'xz of pixz': stream('xz', [fixture('pixz.xz')], small),
  'xz of nothing': stream('xz', [fixture('empty.xz')], new Uint8Array()),
  'xz of several streams with padding': stream(
    'xz',
    [fixture('one.xz'), new Uint8Array(4), fixture('crc32.xz')],
    concatBytes([small, small]),
  ),
  'bzip2 of one stream': stream('bzip2', [fixture('one.bz2')], small),
  'bzip2 of nothing': stream('bzip2', [fixture('empty.bz2')], new Uint8Array()),
  'bzip2 of several streams': stream(
    'bzip2',
    [fixture('one.bz2'), fixture('empty.bz2'), fixture('one.bz2')],
    concatBytes([small, small]),
  ),
};

describe.each(Object.entries(STREAMS))('%s', (_, { format, parts, content }) => {
  const bytes = concatBytes(parts);

  it('is recognised and unpacked', async () => {
    expect(sniff(bytes)).toBe(format);
    expect(await unpack(bytesSource(bytes), format)).toEqual(content);
  });

  it('is unpacked the same however it is cut', async () => {
    for (let at = 1; at < bytes.length; at += 3) {
      expect(await unpack(cutSource(bytes, [at]), format)).toEqual(content);
    }
    for (const length of [1, 2, 7]) {
      expect(await unpack(piecedSource(bytes, length), format)).toEqual(content);
    }
  });

  it('is truncated where it ends inside a part', async () => {
    const ends = new Set<number>();
    parts.reduce((sum, part) => {
      ends.add(sum + part.length);
      // Padding may end anywhere, or nowhere.
      if (part.every((byte) => byte === 0)) part.forEach((_, i) => ends.add(sum + i));
      return sum + part.length;
    }, 0);
    for (let length = 0; length < bytes.length; length++) {
      const outcome = await outcomeOf(bytesSource(bytes.slice(0, length)), format, content);
      if (!ends.has(length)) expect([length, outcome]).toEqual([length, 'truncated']);
    }
  });

  it('never unpacks to something else where a byte of it is wrong', async () => {
    let found = 0;
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      const outcome = await outcomeOf(bytesSource(damaged), format, content);
      expect([at, outcome]).not.toEqual([at, 'wrong']);
      if (outcome !== 'unpacked') found++;
    }
    expect(found).toBeGreaterThan(bytes.length / 4);
  });
});

describe('gzip', () => {
  const large = noise(3_000_000);

  it('of one long member followed by another is unpacked, and its input visited once', async () => {
    const bytes = concatBytes([gzip(large), gzip(small)]);
    const visited: Uint8Array[] = [];
    const visitInput = (chunk: Uint8Array): void => void visited.push(chunk.slice());
    const unpacked = await unpack(piecedSource(bytes, 100_000), 'gzip', { visitInput });
    expect(equalBytes(unpacked, concatBytes([large, small]))).toBe(true);
    expect(equalBytes(concatBytes(visited), bytes)).toBe(true);
  });

  it('of one long member names the offset where it is cut off', async () => {
    const bytes = gzip(large);
    await expect(
      unpack(bytesSource(bytes.slice(0, 1_000_000)), 'gzip', { what: 'layer.tar.gz' }),
    ).rejects.toMatchObject({
      code: 'truncated',
      message: 'layer.tar.gz is cut off: its gzip stream goes on past its end at offset 1000000.',
      detail: { what: 'layer.tar.gz', offset: 1_000_000 },
    });
  });

  it('of one long member is found damaged where a byte or a checksum is wrong', async () => {
    const bytes = gzip(large);
    for (const at of [1_500_000, bytes.length - 8, bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(await outcomeOf(bytesSource(damaged), 'gzip', large)).toBe('bad-compression');
    }
  });

  it('followed by something else is damaged, at that offset', async () => {
    const bytes = concatBytes([gzip(small), Uint8Array.of(0, 0, 7)]);
    const error = await unpack(bytesSource(bytes), 'gzip').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'bad-compression', detail: { offset: bytes.length - 1 } });
  });

  it('never shows the words of a library', async () => {
    const damaged = gzip(small);
    damaged.fill(0xff, 20, 60);
    const error = await unpack(bytesSource(damaged), 'gzip').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CodecError);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^the stream is damaged: its gzip stream cannot be decoded \(near offset \d+\)\.$/,
      ) as string,
    });
  });
});

describe('zstd', () => {
  it('without a checksum is unpacked', async () => {
    expect(await unpack(bytesSource(fixture('unchecked.zst')), 'zstd')).toEqual(small);
  });

  it('may have a window of 128 MiB, and no larger', async () => {
    const frame = (windowDescriptor: number): ByteSource =>
      bytesSource(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, windowDescriptor, 0x09, 0, 0, 0x78));
    expect(await unpack(frame(17 << 3), 'zstd')).toEqual(Uint8Array.of(0x78));
    await expect(unpack(frame((17 << 3) + 1), 'zstd', { what: 'blob' })).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: 'blob needs a zstd window of more than the 128 MiB allowed.',
    });
  });

  it('unpacks two streams at the same time', async () => {
    const source = piecedSource(fixture('one.zst'), 10);
    const both = await Promise.all([unpack(source, 'zstd'), unpack(source, 'zstd')]);
    expect(both).toEqual([small, small]);
  });
});

describe('xz', () => {
  it('with a check or a dictionary that is not supported says so', async () => {
    for (const name of ['sha256.xz', 'x86.xz']) {
      await expect(unpack(bytesSource(fixture(name)), 'xz')).rejects.toMatchObject({
        code: 'bad-compression',
        message:
          'the stream cannot be unpacked: it uses a check or filter of xz that is not supported here; `xz -dc OLD | xz > NEW` makes a file of it that is.',
      });
    }
    await expect(unpack(bytesSource(fixture('dictionary.xz')), 'xz')).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: 'the stream needs an xz dictionary of more than the 64 MiB allowed.',
    });
  });

  it('is free for the next stream when one is given up or fails', async () => {
    const first = decompress(piecedSource(fixture('one.xz'), 10), 'xz').getReader();
    await first.read();
    await first.cancel();
    await expect(unpack(bytesSource(fixture('one.xz').slice(0, 66)), 'xz')).rejects.toThrow();
    expect(await unpack(bytesSource(fixture('one.xz')), 'xz')).toEqual(small);
  });
});

describe('bzip2', () => {
  it('of several blocks is unpacked', async () => {
    expect(equalBytes(await unpack(bytesSource(fixture('blocks.bz2')), 'bzip2'), text(4000))).toBe(
      true,
    );
  });

  it('of long runs is unpacked', async () => {
    const unpacked = await unpack(bytesSource(fixture('zeros.bz2')), 'bzip2');
    expect(equalBytes(unpacked, new Uint8Array(3_000_000))).toBe(true);
  });
});

describe('any format', () => {
  it.each(['tar', 'unknown', 'png'] as const)(
    'that is no compression passes: %s',
    async (format) => {
      expect(await unpack(piecedSource(small, 1000), format)).toEqual(small);
    },
  );

  it.each(['tar', 'gzip', 'zstd', 'xz', 'bzip2'] as const)(
    'stops with the reason of its signal: %s',
    async (format) => {
      const controller = new AbortController();
      const bytes = format === 'tar' ? small : concatBytes(partsOf(format));
      let visits = 0;
      const visitInput = (): void => {
        visits++;
        if (visits === 2) controller.abort(new DOMException('enough', 'AbortError'));
      };
      const { signal } = controller;
      await expect(
        unpack(piecedSource(bytes, 10), format, { signal, visitInput }),
      ).rejects.toMatchObject({ name: 'AbortError', message: 'enough' });
      expect(visits).toBe(2);
    },
  );

  it.each(['tar', 'gzip', 'zstd', 'xz', 'bzip2'] as const)(
    'fails as its source does: %s',
    async (format) => {
      const bytes = format === 'tar' ? small : concatBytes(partsOf(format));
      const failure = new Error('the file has changed');
      const source: ByteSource = {
        size: bytes.length,
        open: () =>
          new ReadableStream({
            start: (controller) => controller.enqueue(bytes.subarray(0, 20)),
            pull: (controller) => controller.error(failure),
          }),
      };
      await expect(unpack(source, format)).rejects.toBe(failure);
    },
  );

  it.each(['tar', 'gzip', 'zstd', 'xz', 'bzip2'] as const)(
    'gives its source up when it is given up: %s',
    async (format) => {
      const bytes = format === 'tar' ? small : concatBytes(partsOf(format));
      const reasons: unknown[] = [];
      const source: ByteSource = {
        size: null,
        open: () =>
          new ReadableStream({
            start: (controller) => controller.enqueue(bytes.subarray(0, bytes.length - 5)),
            cancel: (reason) => void reasons.push(reason),
          }),
      };
      const stream = decompress(source, format);
      await stream.cancel('enough');
      const waiting = decompress(source, format).getReader();
      const read = waiting.read().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await waiting.cancel('enough');
      await read;
      expect(reasons).toContain('enough');
    },
  );

  it('gives each chunk of input before what it unpacks to', async () => {
    const order: string[] = [];
    const source = piecedSource(fixture('one.zst'), 50);
    const visitInput = (chunk: Uint8Array): void => void order.push(`in ${chunk.length}`);
    const reader = decompress(source, 'zstd', { visitInput }).getReader();
    while (!(await reader.read()).done) order.push('out');
    expect(order.slice(0, 3)).toEqual(['in 50', 'in 47', 'out']);
  });
});

function stream(format: Format, parts: readonly Uint8Array[], content: Uint8Array): Stream {
  return { format, parts, content };
}

function partsOf(format: Format): readonly Uint8Array[] {
  return Object.values(STREAMS).find((candidate) => candidate.format === format)?.parts ?? [];
}

function unpack(
  source: ByteSource,
  format: Format,
  options?: DecompressOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return collect(decompress(source, format, options));
}

/** `unpacked`, `wrong` where that is not the content, or an error's code; any error that has none fails the test. */
async function outcomeOf(source: ByteSource, format: Format, content: Uint8Array): Promise<string> {
  try {
    return equalBytes(await unpack(source, format), content) ? 'unpacked' : 'wrong';
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
}

function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/streams/${name}`, import.meta.url)));
}

function gzip(content: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(content));
}

/** FEXTRA, FNAME and FCOMMENT of RFC 1952, which `gzip FILE`, eStargz and bgzip write. */
function gzipWithFields(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const plain = gzip(content);
  const fields = Uint8Array.from([
    4,
    0,
    0x53,
    0x47,
    0,
    0,
    ...Buffer.from('layer.tar\0by a test\0'),
  ]);
  const whole = concatBytes([plain.subarray(0, 10), fields, plain.subarray(10)]);
  whole[3] = 0x04 | 0x08 | 0x10;
  return whole;
}

/** Single zeros, after each of which a stream may end. */
function zeros(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(1));
}
