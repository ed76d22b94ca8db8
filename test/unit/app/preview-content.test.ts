import { describe, expect, it } from 'vitest';
import { hexLine, readContent } from '../../../src/app/explorer/preview-content';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('readContent', () => {
  it('takes UTF-8 for text, and counts its lines', () => {
    const content = readContent(bytes('#!/bin/sh\necho héllo\n'), false);
    expect(content).toMatchObject({ kind: 'text', encoding: 'UTF-8', newline: 'LF' });
    expect(content.kind === 'text' && content.lines).toEqual(['#!/bin/sh', 'echo héllo']);
  });

  it('says how lines end', () => {
    const newline = (text: string) => {
      const content = readContent(bytes(text), false);
      return content.kind === 'text' ? content.newline : content.kind;
    };
    expect(newline('a\r\nb\r\n')).toBe('CRLF');
    expect(newline('a\rb')).toBe('CR');
    expect(newline('a\r\nb\n')).toBe('mixed');
    expect(newline('a')).toBe('none');
  });

  it('reads UTF-16 that says so', () => {
    const content = readContent(Uint8Array.of(0xff, 0xfe, 0x68, 0, 0x69, 0), false);
    expect(content).toMatchObject({ kind: 'text', encoding: 'UTF-16LE', lines: ['hi'] });
  });

  it('takes bytes with a NUL, or that are not UTF-8, for binary', () => {
    expect(readContent(bytes('ELF\0'), false).kind).toBe('binary');
    expect(readContent(Uint8Array.of(0x68, 0xff, 0x69), false).kind).toBe('binary');
  });

  it('does not mind a character that the limit cuts', () => {
    const whole = bytes('ab€');
    for (const length of [3, 4]) {
      expect(readContent(whole.subarray(0, length), true)).toMatchObject({ lines: ['ab'] });
      expect(readContent(whole.subarray(0, length), false).kind).toBe('binary');
    }
    expect(readContent(whole, true)).toMatchObject({ lines: ['ab€'] });
  });

  it('knows an empty file', () => {
    expect(readContent(new Uint8Array(), false)).toEqual({ kind: 'empty' });
  });
});

describe('hexLine', () => {
  it('shows offset, bytes and what of them can be read', () => {
    const dump = bytes('Hello, world! \u0007 and more');
    expect(hexLine(dump, 0, 16)).toEqual({
      offset: '00000000',
      hex: '48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 21 20 07 20',
      text: 'Hello, world! . ',
    });
    expect(hexLine(dump, 1, 16)).toEqual({
      offset: '00000010',
      hex: '61 6e 64 20 6d 6f 72 65                         ',
      text: 'and more',
    });
    expect(hexLine(dump, 2, 8)).toMatchObject({ offset: '00000010', text: 'and more' });
  });
});
