import { expect, it } from 'vitest';
import { layerName } from '../../../src/layer/layer-name';

it('counts from the base, which is 0', () => {
  expect(layerName(0)).toBe('layer 0');
  expect(layerName(3, 'blobs/sha256/5c4e…')).toBe('layer 3 (blobs/sha256/5c4e…)');
});
