import { expect, it } from 'vitest';
import { encodingMismatch } from '../../../src/app/explorer/layer-encoding';
import type { LayerCompression } from '../../../src/layer/ingest-layer';
import { MediaType } from '../../../src/oci/media-types';
import { digestOf } from '../../support/archive-builder';

function mismatch(mediaType: string, compression: LayerCompression | undefined) {
  const descriptor = { mediaType, digest: digestOf(new Uint8Array()), size: 0 };
  return encodingMismatch({ descriptor, compression });
}

it('tells a layer whose bytes are not what its media type says', () => {
  expect(mismatch(MediaType.ociLayerGzip, 'zstd')).toEqual({ declared: 'gzip', found: 'zstd' });
  expect(mismatch(MediaType.ociLayer, 'gzip')).toEqual({ declared: 'none', found: 'gzip' });
  expect(mismatch(MediaType.dockerLayerGzip, 'none')).toEqual({ declared: 'gzip', found: 'none' });
  expect(mismatch(MediaType.dockerForeignLayer, 'zstd')).toMatchObject({ declared: 'gzip' });
});

it('has nothing to tell where they agree, or nothing is known', () => {
  expect(mismatch(MediaType.ociLayerZstd, 'zstd')).toBeUndefined();
  expect(mismatch(MediaType.dockerLayer, 'none')).toBeUndefined();
  expect(mismatch(`${MediaType.ociLayer}+xz`, 'xz')).toBeUndefined();
  expect(mismatch(MediaType.ociLayerGzip, undefined)).toBeUndefined();
  expect(mismatch('application/x-unknown', 'gzip')).toBeUndefined();
  expect(mismatch('', 'gzip')).toBeUndefined();
});
