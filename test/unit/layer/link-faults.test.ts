import { describe, expect, it } from 'vitest';
import { countLinkFaults, type LinkFaults } from '../../../src/layer/stack/link-faults';
import { layerOf } from '../../support/layer-of';
import type { TarItem } from '../../support/tar-builder';

function count(items: readonly (TarItem | string)[]): LinkFaults {
  const work = countLinkFaults(layerOf(items));
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

const link = (path: string, linkname: string): TarItem => ({ path, type: 'hardlink', linkname });
const toUsr: TarItem = { path: 'lib', linkname: 'usr' };

describe('a stray link', () => {
  it('is none to a file of its own layer, however it is reached', () => {
    const none = { stray: 0, early: 0 };
    expect(count(['a', link('b', 'a'), link('c', 'b')])).toEqual(none);
    expect(count(['usr/x', toUsr, link('y', 'lib/x')])).toEqual(none);
    expect(count(['usr/', toUsr, 'lib/x', link('y', 'usr/x')])).toEqual(none);
  });

  it('has its target in a lower layer, or nowhere', () => {
    expect(count(['a', link('b', 'low'), link('c', 'b'), link('d', 'a')]).stray).toBe(2);
    expect(count([link('a', 'b'), link('b', 'a')]).stray).toBe(2);
  });
});

describe('an early link', () => {
  it('comes before what it leads to', () => {
    const items = [link('b', './x/a'), link('c', 'later'), 'x/a', 'later', link('d', 'x/a')];
    expect(count(items)).toEqual({ stray: 0, early: 2 });
    expect(count(['.wh.a', link('b', 'a'), 'a'])).toEqual({ stray: 0, early: 1 });
  });

  it('is none that comes after an entry of its target’s path, though another follows', () => {
    expect(count(['a', link('b', 'a'), 'a']).early).toBe(0);
    expect(count(['a', link('b', 'a'), link('c', 'b')]).early).toBe(0);
  });

  it('may lead through a symlink, or come before that', () => {
    expect(count(['usr/', toUsr, link('y', 'lib/x'), 'usr/x']).early).toBe(1);
    expect(count(['usr/', toUsr, link('y', 'lib/x'), 'lib/x']).early).toBe(1);
    expect(count(['usr/x', link('y', 'lib/x'), toUsr]).early).toBe(1);
    expect(count(['usr/', toUsr, 'lib/x', link('y', 'lib/x')]).early).toBe(0);
  });

  it('leads to what was there, and is taken away before it comes', () => {
    expect(count(['d/', 'd/a', 'd', link('b', 'd/a')])).toEqual({ stray: 1, early: 0 });
    expect(count(['d/a', 'd', 'd/', link('b', 'd/a'), 'd/a'])).toEqual({ stray: 0, early: 1 });
  });
});
