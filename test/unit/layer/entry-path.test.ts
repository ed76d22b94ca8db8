import { describe, expect, it } from 'vitest';
import { encodeUtf8, escapeBytes } from '../../../src/base/bytes';
import { layerPath, normalizePath } from '../../../src/layer/index/entry-path';

const read = (name: string): string => {
  const { role, path } = layerPath(encodeUtf8(name));
  return `${role} ${escapeBytes(path)}`;
};

describe('a path in a layer', () => {
  it.each([
    ['etc/passwd', 'etc/passwd'],
    ['./etc/passwd', 'etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['.//./etc/', 'etc'],
    ['etc//passwd', 'etc/passwd'],
    ['etc/./passwd', 'etc/passwd'],
    ['etc/../passwd', 'passwd'],
    ['etc/..', ''],
    ['.', ''],
    ['./', ''],
    ['/', ''],
    ['', ''],
    ['..hidden/.x/...', '..hidden/.x/...'],
    ['a/b/.', 'a/b'],
  ])('%j is %j from the root', (name, path) => {
    expect(escapeBytes(normalizePath(encodeUtf8(name)))).toBe(path);
  });

  it.each(['../etc/passwd', '../../etc/passwd', '/../etc/passwd', 'a/../../etc/passwd'])(
    '%j cannot leave the root',
    (name) => {
      expect(escapeBytes(normalizePath(encodeUtf8(name)))).toBe('etc/passwd');
    },
  );

  it('keeps bytes that are not UTF-8', () => {
    expect(normalizePath(Uint8Array.of(0x2f, 0xff, 0x2f, 0xfe))).toEqual(
      Uint8Array.of(0xff, 0x2f, 0xfe),
    );
  });
});

describe('a name in a layer', () => {
  it('is an entry', () => {
    expect(read('./usr/bin/env')).toBe('entry usr/bin/env');
  });

  it('hides a path where it begins with .wh.', () => {
    expect(read('etc/.wh.passwd')).toBe('whiteout etc/passwd');
    expect(read('.wh.etc')).toBe('whiteout etc');
    expect(read('./etc/.wh.conf.d/')).toBe('whiteout etc/conf.d');
    expect(read('.wh..hidden')).toBe('whiteout .hidden');
  });

  it('makes a directory opaque where it is .wh..wh..opq', () => {
    expect(read('etc/.wh..wh..opq')).toBe('opaque etc');
    expect(read('.wh..wh..opq')).toBe('opaque ');
  });

  it('is nothing where it is another of the .wh..wh. names, or below one', () => {
    expect(read('.wh..wh.plnk/12.34')).toBe('ignored .wh..wh.plnk/12.34');
    expect(read('.wh..wh.aufs')).toBe('ignored .wh..wh.aufs');
    expect(read('a/.wh..wh.orph/')).toBe('ignored a/.wh..wh.orph');
  });

  it('is nothing where it is a whiteout of no name, or of the directory itself', () => {
    expect(read('a/.wh.')).toMatch(/^ignored/);
    expect(read('a/.wh..')).toMatch(/^ignored/);
    expect(read('a/.wh...')).toMatch(/^ignored/);
  });

  it('is nothing where it is the root', () => {
    expect(read('./')).toBe('ignored ');
  });

  it('is an entry where only a directory on its way begins with .wh.', () => {
    expect(read('.wh.a/b')).toBe('entry .wh.a/b');
    expect(read('a.wh.b')).toBe('entry a.wh.b');
  });
});
