import type { ImageSource } from '../../src/app/image/image-source';
import type { LayerIndex } from '../../src/layer/index/layer-index';
import { parseDigest } from '../../src/oci/digest';
import { parseImageConfig } from '../../src/oci/image-config';

const digest = (digit: string) => parseDigest(`sha256:${digit.repeat(64)}`);

/** An image that is read already: layers by their indexes, base first, and files whose content is their path. */
export function exploredSource(indexes: readonly LayerIndex[]): ImageSource {
  const rawConfig = new TextEncoder().encode(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: indexes.map((_, i) => digest(String(i))) },
      history: indexes.map((_, i) => ({ created_by: `RUN /bin/sh -c step ${i} # buildkit` })),
    }),
  );
  const config = parseImageConfig(rawConfig);
  return {
    origin: 'stored',
    imageId: digest('a'),
    descriptor: { mediaType: '', digest: digest('b'), size: 0 },
    names: ['ghcr.io/acme/app:1.0'],
    platforms: [{ manifest: digest('b'), imageId: digest('a'), platform: config.platform }],
    config,
    rawConfig,
    rawManifest: new Uint8Array(),
    verification: 'verified',
    layers: indexes.map(({ unpackedSize }, position) => ({
      position,
      descriptor: { mediaType: '', digest: digest(String(position)), size: unpackedSize },
      diffId: config.diffIds[position],
      unpackedSize,
    })),
    layerState(position) {
      const index = indexes[position];
      if (!index) throw new RangeError(`No layer ${position}.`);
      return { kind: 'ready', index };
    },
    readFile: ({ path }) => Promise.resolve(new Blob([path])),
    hashFile: () => Promise.resolve(digest('f')),
    onChange: () => () => undefined,
    close: () => undefined,
  };
}
