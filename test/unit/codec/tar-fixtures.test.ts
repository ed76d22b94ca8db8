import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesSource, collect, concatBytes } from '../../../src/base/byte-source';
import { escapeBytes } from '../../../src/base/bytes';
import { expandSparse } from '../../../src/codec/tar/sparse';
import type { TarEntry } from '../../../src/codec/tar/tar-entry';
import { TarReader } from '../../../src/codec/tar/tar-reader';

const MTIME = Date.UTC(2001, 1, 3, 4, 5, 6) / 1000;
const DEEP = `${'d'.repeat(60)}/${'e'.repeat(60)}/f`;
const LONG = 'l'.repeat(200);

/** What all dialects can say of the tree. */
const COMMON = [
  'dir/ dir 755 0',
  'dir/café file 644 1 x',
  'dir/file file 4755 6 hello\n',
  'dir/hard hardlink 4755 0 -> dir/file',
  'dir/latin\\xe9 file 644 1 y',
  'dir/link symlink 777 0 -> file',
];
const DEVICES = ['dir/null char 644 0 1,3', 'dir/pipe fifo 644 0'];
const DEEP_PATH = [
  `${DEEP.slice(0, 61)} dir 755 0`,
  `${DEEP.slice(0, -1)} dir 755 0`,
  `${DEEP} file 644 5 deep\n`,
];
const LONG_NAMES = [`${LONG} file 644 5 long\n`, `longlink symlink 777 0 -> ${LONG}`];

describe('an archive of GNU tar', () => {
  it.each([
    ['v7', [...COMMON, DEEP_PATH[0]]],
    ['ustar', [...COMMON, ...DEVICES, ...DEEP_PATH]],
    ['gnu', [...COMMON, ...DEVICES, ...DEEP_PATH, ...LONG_NAMES]],
    ['pax', [...COMMON, ...DEVICES, ...DEEP_PATH, ...LONG_NAMES]],
  ])('of format %s is read whole', (format, expected) => {
    const read = readTar(fixture(`${format}.tar`));
    expect(read.map(({ entry, content }) => describeEntry(entry, content))).toEqual(expected);
    for (const { entry } of read) expect(entry.mtime).toBe(MTIME);
    expect(new Set(read.map(({ entry }) => entry.uname))).toEqual(
      new Set([format === 'v7' ? '' : 'root']),
    );
  });

  it.each(['gnu-sparse', 'pax-sparse-0.0', 'pax-sparse-0.1', 'pax-sparse-1.0'])(
    'has the same sparse file in the form %s',
    async (name) => {
      const bytes = fixture(`${name}.tar`);
      const [read] = readTar(bytes);
      const { sparse, ...entry } = read!.entry;
      expect(escapeBytes(entry.path)).toBe('sparse');
      expect(entry).toMatchObject({ type: 'file', size: 1_000_000 });
      const end = entry.contentOffset + entry.storedSize;
      const stored = bytesSource(bytes.slice(entry.contentOffset, end)).open();
      const content = await collect(expandSparse(stored, { size: entry.size, sparse: sparse! }));
      expect(content).toHaveLength(1_000_000);
      for (let i = 0; i < 6; i++) {
        const at = 1 + 65536 * i;
        expect(escapeBytes(content.subarray(at, at + 5))).toBe(`run ${i}`);
      }
      expect(content.reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0)).toBe(6 * 5);
    },
  );

  it('has owners past 21 bits in base-256', () => {
    expect(readTar(fixture('gnu-sparse.tar'))[0]?.entry.uid).toBe(3_000_000_000);
  });
});

describe("an archive of Python's tarfile", () => {
  it('has large and negative numbers in base-256', () => {
    const [read] = readTar(fixture('python.tar'));
    expect(read?.entry).toMatchObject({ uid: 5_000_000_000, mtime: -86_400, size: 3 });
    expect(read?.content).toBe('abc');
  });
});

function describeEntry(entry: TarEntry, content: string): string {
  const head = `${escapeBytes(entry.path)} ${entry.type} ${entry.mode.toString(8)} ${entry.size}`;
  if (entry.linkname.length > 0) return `${head} -> ${escapeBytes(entry.linkname)}`;
  if (entry.type === 'char') return `${head} ${entry.devMajor},${entry.devMinor}`;
  return content ? `${head} ${content}` : head;
}

function readTar(bytes: Uint8Array): { entry: TarEntry; content: string }[] {
  const entries: { entry: TarEntry; chunks: Uint8Array[] }[] = [];
  const reader = new TarReader({
    entry: (entry) => void entries.push({ entry, chunks: [] }),
    content: (chunk) => void entries.at(-1)!.chunks.push(chunk.slice()),
  });
  reader.push(bytes);
  reader.finish();
  return entries.map(({ entry, chunks }) => ({ entry, content: escapeBytes(concatBytes(chunks)) }));
}

function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/tars/${name}`, import.meta.url)));
}
