import { decodeUtf8 } from '../../base/bytes';

/** What the first bytes of a file are. */
export type PreviewContent =
  | { readonly kind: 'empty' }
  | TextContent
  | { readonly kind: 'binary'; readonly bytes: Uint8Array };

export interface TextContent {
  readonly kind: 'text';
  readonly bytes: Uint8Array;
  readonly encoding: 'UTF-8' | 'UTF-16LE' | 'UTF-16BE';
  readonly lines: readonly string[];
  readonly newline: 'LF' | 'CRLF' | 'CR' | 'mixed' | 'none';
}

/** Bytes in which a NUL says that a file is no text, as git has it. */
const SNIFFED = 8000;

/** Tells text from other bytes. `isCut`: more follows, so that the last character may be incomplete. */
export function readContent(bytes: Uint8Array, isCut: boolean): PreviewContent {
  if (bytes.length === 0) return { kind: 'empty' };
  const encoding = markedEncoding(bytes);
  if (encoding !== undefined) {
    return textContent(bytes, encoding, new TextDecoder(encoding).decode(bytes));
  }
  if (bytes.subarray(0, SNIFFED).includes(0)) return { kind: 'binary', bytes };
  const text = decodeUtf8(isCut ? bytes.subarray(0, wholeCharacters(bytes)) : bytes);
  if (text === undefined) return { kind: 'binary', bytes };
  return textContent(bytes, 'UTF-8', text.replace(/^\uFEFF/, ''));
}

/** The encoding that a byte order mark names, but for UTF-8, which needs none. */
function markedEncoding([first, second]: Uint8Array): 'UTF-16LE' | 'UTF-16BE' | undefined {
  if (first === 0xff && second === 0xfe) return 'UTF-16LE';
  return first === 0xfe && second === 0xff ? 'UTF-16BE' : undefined;
}

/** Length without a UTF-8 sequence that the end cuts off. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function textContent(
  bytes: Uint8Array,
  encoding: TextContent['encoding'],
  text: string,
): TextContent {
  const lines = text.split(/\r\n|\n|\r/);
  // The newline that ends the last line does not begin another.
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return { kind: 'text', bytes, encoding, lines, newline: newlineOf(text) };
}

function newlineOf(text: string): TextContent['newline'] {
  const kinds = [
    ...(/\r\n/.test(text) ? (['CRLF'] as const) : []),
    ...(/(?<!\r)\n/.test(text) ? (['LF'] as const) : []),
    ...(/\r(?!\n)/.test(text) ? (['CR'] as const) : []),
  ];
  return kinds.length > 1 ? 'mixed' : (kinds[0] ?? 'none');
}

/** One line of a hex dump of `width` bytes a line: offset, bytes in groups of eight, and what of them is printable ASCII. */
export function hexLine(
  bytes: Uint8Array,
  line: number,
  width: number,
): { readonly offset: string; readonly hex: string; readonly text: string } {
  const start = line * width;
  const part = Array.from(bytes.subarray(start, start + width));
  const pairs = part.map((byte) => byte.toString(16).padStart(2, '0'));
  return {
    offset: start.toString(16).padStart(8, '0'),
    hex: Array.from({ length: width / 8 }, (_, group) =>
      pairs
        .slice(group * 8, group * 8 + 8)
        .join(' ')
        .padEnd(23),
    ).join('  '),
    text: part
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      .join(''),
  };
}
