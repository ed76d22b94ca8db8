import { expect } from 'vitest';
import { concatBytes } from '../../src/base/byte-source';
import { escapeBytes } from '../../src/base/bytes';
import { CodecError } from '../../src/codec/errors';
import type { TarEntry } from '../../src/codec/tar/tar-entry';
import { TarReader } from '../../src/codec/tar/tar-reader';
import { endBlocks, joinBytes } from './tar-bytes';

export interface ReadEntry {
  readonly entry: TarEntry;
  readonly path: string;
  readonly content: string;
}

/** The entries of a tar, pushed in pieces of `cut` bytes, with paths and contents as escaped text. */
export function readTar(bytes: Uint8Array, cut = bytes.length): ReadEntry[] {
  const entries: { entry: TarEntry; chunks: Uint8Array[] }[] = [];
  const reader = new TarReader(
    {
      entry: (entry) => void entries.push({ entry, chunks: [] }),
      content: (chunk) => void entries.at(-1)!.chunks.push(chunk.slice()),
    },
    { what: 'layer.tar' },
  );
  for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.slice(at, at + cut));
  reader.finish();
  expect(reader.position).toBe(bytes.length);
  return entries.map(({ entry, chunks }) => ({
    entry,
    path: escapeBytes(entry.path),
    content: escapeBytes(concatBytes(chunks)),
  }));
}

/** Matches an error of that code whose sentence has those words. */
export function coded(code: string, words = /./): object {
  return expect.toSatisfy(
    (error) => error instanceof CodecError && error.code === code && words.test(error.message),
    `a ${code} error that says ${String(words)}`,
  ) as object;
}

/** The one entry that these parts are, the end of an archive behind them. */
export function readOne(...parts: readonly Uint8Array[]): ReadEntry {
  const entries = readTar(joinBytes(...parts, endBlocks()));
  expect(entries).toHaveLength(1);
  return entries[0]!;
}
