import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../../src/base/bytes';
import { LIMITS } from '../../../src/base/limits';
import { parseDigest, shortDigest } from '../../../src/oci/digest';
import { parseImageConfig } from '../../../src/oci/image-config';
import { attestedDigest, parseImageIndex } from '../../../src/oci/image-index';
import { parseJson } from '../../../src/oci/json';
import { artifactTypeOf, parseManifest } from '../../../src/oci/manifest';
import { MediaType } from '../../../src/oci/media-types';
import { formatPlatform, matchesPlatform, parsePlatformText } from '../../../src/oci/platform';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const bytes = (value: unknown): Uint8Array => encodeUtf8(JSON.stringify(value));
const descriptor = (mediaType: string) => ({ mediaType, digest: DIGEST, size: 7 });

describe('parseJson', () => {
  const what = 'manifest.json';

  it('refuses what is not JSON, by name and position', () => {
    expect(() => parseJson(encodeUtf8('{"a":'), { what })).toThrow(
      'manifest.json is not valid JSON: it breaks off at byte 5.',
    );
    expect(() => parseJson(Uint8Array.of(0xff), { what })).toThrow(
      'manifest.json is not valid JSON: byte 0 is wrong.',
    );
    expect(() => parseJson(encodeUtf8('[1,]'), { what })).toThrow(
      expect.objectContaining({ code: 'bad-json', detail: { what, position: 3 } }),
    );
  });

  it('refuses a document past its limit before parsing it', () => {
    expect(() => parseJson(new Uint8Array(LIMITS.manifestBytes + 1), { what })).toThrow(
      /more than the 4194304 bytes allowed/,
    );
  });

  it('refuses a nesting past the limit, and does not count brackets in strings', () => {
    const deep = (levels: number): Uint8Array =>
      encodeUtf8('['.repeat(levels) + ']'.repeat(levels));
    expect(() => parseJson(deep(LIMITS.jsonDepth + 1), { what })).toThrow(/nests deeper/);
    expect(parseJson(deep(LIMITS.jsonDepth), { what })).toBeInstanceOf(Array);
    expect(parseJson(bytes('['.repeat(1000) + '\\"'), { what })).toHaveLength(1002);
  });

  it('takes a byte order mark', () => {
    expect(parseJson(encodeUtf8('\uFEFF{}'), { what })).toEqual({});
  });
});

describe('parseManifest', () => {
  it('reads config and layers', () => {
    const manifest = parseManifest(
      bytes({
        config: descriptor(MediaType.ociConfig),
        layers: [descriptor(MediaType.ociLayerGzip)],
      }),
    );
    expect(manifest.layers[0]).toEqual({
      mediaType: MediaType.ociLayerGzip,
      digest: DIGEST,
      size: 7,
    });
    expect(artifactTypeOf(manifest)).toBeUndefined();
  });

  it.each([
    [{ size: -1 }, /size is not a size in bytes/],
    [{ size: 2 ** 60 }, /size is not a size in bytes/],
    [{ size: '7' }, /size is not a size in bytes/],
    [{ digest: 'sha256:xyz' }, /layer 0 of blobs.*"sha256:xyz", which is not a sha256 digest/],
    [{ digest: 5 }, /digest is not a string/],
  ])('says what is wrong with a layer of %j', (change, message) => {
    const layer = { ...descriptor(MediaType.ociLayer), ...change };
    const document = { config: descriptor(MediaType.ociConfig), layers: [layer] };
    expect(() => parseManifest(bytes(document), 'blobs/sha256/0')).toThrow(message);
  });

  it.each([
    ['a chart', { config: descriptor('application/vnd.cncf.helm.config.v1+json') }, /helm/],
    ['an artifact', { artifactType: 'a/b', config: descriptor(MediaType.ociEmpty) }, /a\/b/],
    [
      'a signature',
      {
        config: descriptor(MediaType.ociConfig),
        layers: [descriptor('application/vnd.dev.cosign.simplesigning.v1+json')],
      },
      /cosign/,
    ],
  ])('knows %s by its type', (_, document, type) => {
    expect(artifactTypeOf(parseManifest(bytes(document)))).toMatch(type);
  });
});

describe('parseImageIndex', () => {
  it('takes `manifests: null` for none', () => {
    expect(parseImageIndex(bytes({ manifests: null })).manifests).toEqual([]);
  });

  it('knows which image an attestation speaks of', () => {
    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': DIGEST,
    };
    const { manifests } = parseImageIndex(
      bytes({
        manifests: [
          { ...descriptor(MediaType.ociManifest), annotations },
          descriptor(MediaType.ociManifest),
        ],
      }),
    );
    expect(manifests.map(attestedDigest)).toEqual([DIGEST, undefined]);
  });
});

describe('parseImageConfig', () => {
  it('tells no history from an empty one', () => {
    expect(parseImageConfig(bytes({ os: 'linux' })).history).toBeUndefined();
    expect(parseImageConfig(bytes({ history: [] })).history).toEqual([]);
  });

  it('reads steps, diff IDs and labels, and takes null for nothing', () => {
    const config = parseImageConfig(
      bytes({
        os: 'linux',
        architecture: 'arm64',
        variant: 'v8',
        config: { Labels: null },
        rootfs: { type: 'layers', diff_ids: [DIGEST] },
        history: [{ created_by: 'RUN true', empty_layer: true }],
      }),
    );
    expect(formatPlatform(config.platform)).toBe('linux/arm64/v8');
    expect(config.diffIds).toEqual([DIGEST]);
    expect(config.labels.size).toBe(0);
    expect(config.history).toEqual([
      { createdBy: 'RUN true', author: '', comment: '', emptyLayer: true },
    ]);
  });
});

describe('platforms', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['amd64', 'linux/amd64'],
    ['linux', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['arm', 'linux/arm/v7'],
    ['linux/arm/6', 'linux/arm/v6'],
    ['aarch64', 'linux/arm64'],
    ['LINUX/ARM64/V8', 'linux/arm64'],
  ])('reads %s as %s', (text, platform) => {
    const parsed = parsePlatformText(text);
    expect(parsed && formatPlatform(parsed)).toBe(platform);
  });

  it('refuses what is no platform', () => {
    expect(parsePlatformText('linux/amd64/v1/x')).toBeUndefined();
    expect(parsePlatformText('linux/')).toBeUndefined();
  });

  it('matches arm64 with its v8, and any variant where none is asked for', () => {
    const v8 = { os: 'linux', architecture: 'arm64', variant: 'v8' };
    const arm64 = { os: 'linux', architecture: 'arm64' };
    expect(matchesPlatform(arm64, v8)).toBe(true);
    expect(matchesPlatform(v8, arm64)).toBe(true);
    expect(matchesPlatform({ os: 'linux', architecture: 'arm', variant: 'v6' }, arm64)).toBe(false);
  });
});

describe('digests', () => {
  it('shows twelve digits', () => {
    expect(shortDigest(parseDigest(`sha256:0123456789abcdef${'0'.repeat(48)}`))).toBe(
      '0123456789ab',
    );
  });

  it.each(['', 'sha256:', `sha256:${'A'.repeat(64)}`, `sha512:${'0'.repeat(64)}`, null])(
    'refuses %j',
    (text) => {
      expect(() => parseDigest(text)).toThrow(/is not a sha256 digest/);
    },
  );
});
