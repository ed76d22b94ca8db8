import { describe, expect, it } from 'vitest';
import { blobSource, type ByteRange, type ByteSource } from '../../../src/base/byte-source';
import { escapeBytes } from '../../../src/base/bytes';
import type { Progress } from '../../../src/base/task';
import { scanTar, type ScanTarOptions } from '../../../src/codec/tar/scan-tar';
import { endBlocks, GNU, joinBytes, rawEntry, rawHeader } from '../../support/tar-bytes';
import { piecedSource } from '../../support/streams';

const MiB = 1024 * 1024;

/** A source that notes what is read of it, and holds nothing: zeros but for some places. */
function sparseSource(
  size: number,
  places: ReadonlyMap<number, Uint8Array>,
): ByteSource & { reads: ByteRange[] } {
  const reads: ByteRange[] = [];
  return {
    size,
    reads,
    open(range = { start: 0, end: size }) {
      reads.push(range);
      const bytes = new Uint8Array(range.end - range.start);
      for (const [offset, place] of places) {
        const from = Math.max(offset, range.start);
        const to = Math.min(offset + place.length, range.end);
        if (from < to) bytes.set(place.subarray(from - offset, to - offset), from - range.start);
      }
      return new Blob([bytes]).stream();
    },
  };
}

/** An archive of files of one size, of which only the headers are there. */
function archiveOf(count: number, size: number): ReturnType<typeof sparseSource> {
  const places = new Map<number, Uint8Array>();
  const step = 512 + Math.ceil(size / 512) * 512;
  for (let i = 0; i < count; i++) places.set(i * step, rawHeader({ name: `file-${i}`, size }));
  return sparseSource(count * step + 1024, places);
}

/** A number as GNU tar writes one that eleven octal digits do not hold. */
function base256(value: number): Uint8Array {
  const field = new Uint8Array(12);
  field[0] = 0x80;
  new DataView(field.buffer).setBigUint64(4, BigInt(value));
  return field;
}

async function pathsOf(source: ByteSource, options?: ScanTarOptions): Promise<string[]> {
  const paths: string[] = [];
  await scanTar(source, (entry) => void paths.push(escapeBytes(entry.path)), options);
  return paths;
}

function bytesRead(reads: readonly ByteRange[]): number {
  return reads.reduce((sum, { start, end }) => sum + end - start, 0);
}

describe('scanTar', () => {
  it('jumps over large contents', async () => {
    const source = archiveOf(20, 50 * MiB);
    expect(await pathsOf(source)).toEqual(Array.from({ length: 20 }, (_, i) => `file-${i}`));
    expect(source.reads.length).toBeLessThanOrEqual(21);
    expect(bytesRead(source.reads)).toBeLessThanOrEqual(21 * 64 * 1024);
  });

  it('goes past 4 GiB and past sizes of eleven digits', async () => {
    const size = 9 * 1024 ** 3 + 5;
    const second = 512 + Math.ceil(size / 512) * 512;
    const source = sparseSource(
      second + 512 + 1024,
      new Map([
        [0, rawHeader({ name: 'huge', size: base256(size), magic: GNU })],
        [second, rawHeader({ name: 'after' })],
      ]),
    );
    const entries: [string, number, number][] = [];
    await scanTar(source, ({ path, size: bytes, contentOffset }) => {
      entries.push([escapeBytes(path), bytes, contentOffset]);
    });
    expect(entries).toEqual([
      ['huge', size, 512],
      ['after', 0, second + 512],
    ]);
    expect(bytesRead(source.reads)).toBeLessThan(MiB);
  });

  it('reads small entries in large windows', async () => {
    const source = archiveOf(10_000, 700);
    expect(await pathsOf(source)).toHaveLength(10_000);
    expect(source.reads.length).toBeLessThan(12);
    expect(bytesRead(source.reads)).toBe(source.size);
  });

  it('reads a File without holding it', async () => {
    const file = new Blob([rawEntry({ name: 'a' }, 'x'), rawEntry({ name: 'b' }), endBlocks()]);
    expect(await pathsOf(blobSource(file))).toEqual(['a', 'b']);
  });

  it('reads a source of unknown size to its end', async () => {
    const bytes = joinBytes(
      rawEntry({ name: 'a' }, 'x'.repeat(3000)),
      rawEntry({ name: 'b' }),
      endBlocks(),
    );
    const source = { ...piecedSource(bytes, 100), size: null };
    expect(await pathsOf(source)).toEqual(['a', 'b']);
  });

  it('stops at the end blocks', async () => {
    const places = new Map([[0, rawEntry({ name: 'a' })]]);
    const source = sparseSource(1000 * MiB, places);
    expect(await pathsOf(source)).toEqual(['a']);
    expect(source.reads).toHaveLength(1);
  });

  it.each([
    ['in a content that is jumped over', 512 + 5 * MiB - 1],
    ['in a content that is read', 512 + 1000],
  ])('names the entry where the archive is cut off %s', async (_, size) => {
    const source = sparseSource(
      size,
      new Map([[0, rawHeader({ name: 'abc/layer.tar', size: 5 * MiB })]]),
    );
    await expect(pathsOf(source, { what: 'app.tar' })).rejects.toMatchObject({
      code: 'truncated',
      message: `app.tar is cut off: it ends at offset ${size}, inside "abc/layer.tar".`,
    });
  });

  it('fails where a source has fewer bytes than it said', async () => {
    const bytes = rawEntry({ name: 'a' }, 'x'.repeat(3000));
    const source = { ...piecedSource(bytes.subarray(0, 1000), 1000), size: 10_000 };
    await expect(pathsOf(source)).rejects.toMatchObject({ code: 'truncated' });
  });

  it('names the offset of what is no header', async () => {
    const source = sparseSource(
      2048,
      new Map([
        [0, rawHeader({ size: 1 })],
        [1024, new Uint8Array(512).fill(7)],
      ]),
    );
    await expect(pathsOf(source)).rejects.toMatchObject({
      code: 'bad-tar',
      detail: { offset: 1024 },
    });
  });

  it('tells its progress in bytes of the archive', async () => {
    const progress: Progress[] = [];
    const source = archiveOf(4, 10 * MiB);
    await pathsOf(source, { what: 'app.tar', onProgress: (step) => void progress.push(step) });
    expect(progress.at(-1)).toMatchObject({
      unit: 'bytes',
      total: source.size,
      subject: 'app.tar',
    });
    expect(progress.at(-1)?.done).toBe(source.size);
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    const source = archiveOf(100, 10 * MiB);
    let seen = 0;
    const scan = scanTar(
      source,
      () => {
        seen++;
        if (seen === 3) controller.abort(new DOMException('enough', 'AbortError'));
      },
      { signal: controller.signal },
    );
    await expect(scan).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toBe(3);
  });
});
