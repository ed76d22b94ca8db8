import { expect, it } from 'vitest';
import { countStrayLinks } from '../../../src/layer/stack/stray-links';
import { layerOf } from '../../support/layer-of';
import type { TarItem } from '../../support/tar-builder';

function count(items: readonly (TarItem | string)[]): number {
  const work = countStrayLinks(layerOf(items));
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

const link = (path: string, linkname: string): TarItem => ({ path, type: 'hardlink', linkname });

it('counts no hardlink to a file of its own layer, however it is reached', () => {
  expect(count(['a', link('b', 'a'), link('c', 'b')])).toBe(0);
  expect(count(['usr/x', { path: 'lib', linkname: 'usr' }, link('y', 'lib/x')])).toBe(0);
  expect(count(['usr/', { path: 'lib', linkname: 'usr' }, 'lib/x', link('y', 'usr/x')])).toBe(0);
});

it('counts those whose target is in a lower layer, or nowhere', () => {
  expect(count(['a', link('b', 'low'), link('c', 'b'), link('d', 'a')])).toBe(2);
  expect(count([link('a', 'b'), link('b', 'a')])).toBe(2);
});
