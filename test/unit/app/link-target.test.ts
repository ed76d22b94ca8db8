import { describe, expect, it } from 'vitest';
import { followLink } from '../../../src/app/explorer/link-target';
import type { LayerEntry } from '../../../src/layer/index/layer-index';

const entry = (path: string, linkname?: string): LayerEntry => ({
  position: 0,
  path,
  type: linkname === undefined ? 'file' : 'symlink',
  mode: 0o777,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 0,
  linkname: linkname ?? '',
  whiteout: false,
});

/** Follows `from` in a filesystem of paths, each with the target of its link or null. */
function follow(files: Readonly<Record<string, string | null>>, from: string) {
  const find = (path: string) => {
    const target = files[path];
    return target === undefined ? undefined : entry(path, target ?? undefined);
  };
  const found = followLink(entry(from, files[from] ?? ''), find);
  return found.kind === 'found' ? found.entry.path : found;
}

describe('followLink', () => {
  it('follows relative and absolute targets', () => {
    expect(follow({ bin: 'usr/bin', usr: null, 'usr/bin': null }, 'bin')).toBe('usr/bin');
    expect(follow({ a: null, 'a/l': '/b', b: null }, 'a/l')).toBe('b');
    expect(follow({ a: null, 'a/l': './../b', b: null }, 'a/l')).toBe('b');
  });

  it('follows links in directories on the way', () => {
    const files = { sh: 'bin/sh', bin: 'usr/bin', usr: null, 'usr/bin': null, 'usr/bin/sh': null };
    expect(follow(files, 'sh')).toBe('usr/bin/sh');
  });

  it('stops at the root, as an engine does', () => {
    expect(follow({ l: '../../../etc', etc: null }, 'l')).toBe('etc');
    expect(follow({ l: '..' }, 'l')).toEqual({ kind: 'root' });
  });

  it('says what is missing', () => {
    expect(follow({ l: 'usr/none', usr: null }, 'l')).toEqual({
      kind: 'missing',
      path: 'usr/none',
    });
  });

  it('ends where links lead in a circle', () => {
    expect(follow({ a: 'b', b: 'a' }, 'a')).toEqual({ kind: 'loop' });
    expect(follow({ l: 'l' }, 'l')).toEqual({ kind: 'loop' });
  });
});
