import { describe, expect, test } from 'vitest';
import type { ImageSummary } from '../../../src/image/image-summary';
import { mergeSummaries, parseImageSummary, summarizePlatform } from '../../../src/image/summary';
import { parseImageConfig } from '../../../src/oci/image-config';
import { buildImage, digestOf } from '../../support/archive-builder';

const IMAGE = buildImage({ variant: 'v2' });
const [MANIFEST, OTHER] = [digestOf(Uint8Array.of(1)), digestOf(Uint8Array.of(2))];

const LAYERS = IMAGE.diffIds.map((diffId, i) => ({
  digest: diffId,
  diffId,
  size: 2048,
  compression: 'none' as const,
  unpackedSize: 10 + i,
  entryCount: 2,
}));

const PLATFORM = summarizePlatform({
  manifest: MANIFEST,
  imageId: IMAGE.imageId,
  config: parseImageConfig(IMAGE.config),
  layers: LAYERS,
  parent: OTHER,
});

const SUMMARY: ImageSummary = {
  platforms: [PLATFORM],
  absent: [{ manifest: OTHER, platform: { os: 'linux', architecture: 'arm64' } }],
};

test('a platform is summed up by its configuration and its layers', () => {
  expect(PLATFORM).toEqual({
    manifest: MANIFEST,
    imageId: IMAGE.imageId,
    platform: { os: 'linux', architecture: 'amd64', variant: 'v2' },
    created: '2026-01-02T03:04:05Z',
    unpackedSize: 21,
    storedSize: 4096,
    layers: LAYERS,
    labels: { purpose: 'test' },
    parent: OTHER,
  });
});

describe('a summary from the store', () => {
  test('is taken as it was put there', () => {
    expect(parseImageSummary(structuredClone(SUMMARY))).toEqual(SUMMARY);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['an object of another version', { version: 7 }],
    ['platforms that are no list', { ...SUMMARY, platforms: {} }],
    ['a digest that is none', { ...SUMMARY, platforms: [{ ...PLATFORM, imageId: 'sha256:x' }] }],
    ['a size below zero', { ...SUMMARY, platforms: [{ ...PLATFORM, storedSize: -1 }] }],
    ['a time that is a number', { ...SUMMARY, platforms: [{ ...PLATFORM, created: 1 }] }],
    ['labels that are numbers', { ...SUMMARY, platforms: [{ ...PLATFORM, labels: { a: 1 } }] }],
    [
      'a compression nobody knows',
      { ...SUMMARY, platforms: [{ ...PLATFORM, layers: [{ ...LAYERS[0], compression: 'lz4' }] }] },
    ],
    ['a platform without a system', { ...SUMMARY, absent: [{ manifest: OTHER, platform: {} }] }],
  ])('is none where it is %s', (_, value) => {
    expect(parseImageSummary(value)).toBeUndefined();
  });
});

describe('two loads of one image', () => {
  test("bring the platforms of both, the newer load's first", () => {
    const arm = { ...PLATFORM, manifest: OTHER };
    const newer = {
      platforms: [arm],
      absent: [{ manifest: MANIFEST, platform: PLATFORM.platform }],
    };
    expect(mergeSummaries(SUMMARY, newer)).toEqual({ platforms: [arm, PLATFORM], absent: [] });
  });
});
