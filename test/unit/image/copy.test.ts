import { expect, test } from 'vitest';
import { bytesSource } from '../../../src/base/byte-source';
import {
  copyImages,
  type CopiedImage,
  type CopyImage,
  type CopyLayer,
  type CopySession,
} from '../../../src/image/copy';
import { synthesizeManifest } from '../../../src/image/synthesize-manifest';
import { parseManifest } from '../../../src/oci/manifest';
import { digestOf } from '../../support/archive-builder';

const DIGEST = digestOf(Uint8Array.of());

function layerOf(size: number): CopyLayer {
  return { bytes: bytesSource(new Uint8Array(size)), expected: { what: `${size} bytes` } };
}

function imageOf(layers: readonly CopyLayer[]): CopyImage {
  return {
    names: [],
    layers,
    attachments: [],
    describe: (copied) => {
      for (const layer of layers) copied(layer);
      return Promise.resolve({
        target: { mediaType: '', digest: DIGEST, size: 0 },
        documents: [],
        summary: { platforms: [], absent: [] },
        repoDigests: [],
      });
    },
  };
}

/** A sink that notes what it is given. */
function notingSession(notes: string[]): CopySession {
  return {
    layer: ({ expected }) => {
      notes.push(expected.what);
      const size = 0;
      return Promise.resolve({
        digest: DIGEST,
        diffId: DIGEST,
        size,
        compression: 'none' as const,
        unpackedSize: 0,
        entryCount: 0,
      });
    },
    blob: () => Promise.resolve(),
    documents: () => Promise.resolve(),
    commit: (images: readonly CopiedImage[]) => {
      notes.push(`commit of ${images.length}`);
      return Promise.resolve();
    },
    abort: () => {
      notes.push('abort');
      return Promise.resolve();
    },
  };
}

test('a copy begins the largest layer first, each once, and commits when all are there', async () => {
  const [small, large, shared] = [layerOf(1), layerOf(3), layerOf(2)];
  const notes: string[] = [];
  const images = [imageOf([small, shared]), imageOf([shared, large])];
  await copyImages(images, { begin: () => Promise.resolve(notingSession(notes)) });
  expect(notes).toEqual(['3 bytes', '2 bytes', '1 bytes', 'commit of 2']);
});

test('a copy of which an image cannot be described is aborted', async () => {
  const notes: string[] = [];
  const image = { ...imageOf([]), describe: () => Promise.reject(new Error('no')) };
  const copying = copyImages([image], { begin: () => Promise.resolve(notingSession(notes)) });
  await expect(copying).rejects.toThrow('no');
  expect(notes).toEqual(['abort']);
});

test('a manifest is made of the same parts in the same bytes, with types that a reader knows', () => {
  const parts = {
    config: { digest: DIGEST, size: 7 },
    layers: (['none', 'gzip', 'zstd', 'xz', 'bzip2'] as const).map((compression) => ({
      digest: DIGEST,
      size: 1,
      compression,
    })),
  };
  const bytes = synthesizeManifest(parts);
  expect(synthesizeManifest(parts)).toEqual(bytes);
  expect(parseManifest(bytes).layers.map(({ mediaType }) => mediaType.split('.tar')[1])).toEqual([
    '',
    '+gzip',
    '+zstd',
    '+xz',
    '+bzip2',
  ]);
});
