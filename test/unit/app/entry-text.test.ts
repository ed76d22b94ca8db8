import { describe, expect, it } from 'vitest';
import { ancestry, modeText, nameOf, octalMode } from '../../../src/app/explorer/entry-text';

describe('modeText', () => {
  it.each([
    ['file', 0o644, '-rw-r--r--'],
    ['dir', 0o755, 'drwxr-xr-x'],
    ['symlink', 0o777, 'lrwxrwxrwx'],
    ['file', 0o4755, '-rwsr-xr-x'],
    ['file', 0o4644, '-rwSr--r--'],
    ['file', 0o2755, '-rwxr-sr-x'],
    ['dir', 0o1777, 'drwxrwxrwt'],
    ['dir', 0o1776, 'drwxrwxrwT'],
    ['char', 0o600, 'crw-------'],
  ] as const)('writes a %s of mode %o as ls does: %s', (type, mode, text) => {
    expect(modeText({ type, mode })).toBe(text);
  });
});

it('writes octal modes with four digits', () => {
  expect(octalMode(0o755)).toBe('0755');
  expect(octalMode(0o4755)).toBe('4755');
});

it('takes paths apart', () => {
  expect(nameOf('usr/bin/sh')).toBe('sh');
  expect(nameOf('sh')).toBe('sh');
  expect(ancestry('usr/bin')).toEqual([
    { name: 'usr', path: 'usr' },
    { name: 'bin', path: 'usr/bin' },
  ]);
});
