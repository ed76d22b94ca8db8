import { decodeUtf8 } from '../../base/bytes';
import { BLOCK_BYTES, hasValidChecksum, isZeroBlock } from '../tar/tar-block';

/** Formats that `decompress` undoes. */
export type CompressionFormat = 'gzip' | 'zstd' | 'xz' | 'bzip2';

/** What bytes are, as their first ones say. All but the compressions, `tar` and `empty` are there to be named in an error. */
export type Format = CompressionFormat | 'tar' | 'empty' | OtherFormat | 'unknown';

type OtherFormat = keyof typeof OTHER_FORMATS;

/** Words for formats that are no image, and the bytes they begin with (hex, `??` for any byte). */
const OTHER_FORMATS = {
  png: { words: 'a PNG image', magic: ['89504e470d0a1a0a'] },
  jpeg: { words: 'a JPEG image', magic: ['ffd8ff'] },
  gif: { words: 'a GIF image', magic: ['474946383761', '474946383961'] },
  webp: { words: 'a WebP image', magic: ['52494646????????57454250'] },
  pdf: { words: 'a PDF document', magic: ['255044462d'] },
  zip: { words: 'a ZIP archive', magic: ['504b0304', '504b0506', '504b0708'] },
  '7z': { words: 'a 7-Zip archive', magic: ['377abcaf271c'] },
  rar: { words: 'a RAR archive', magic: ['526172211a07'] },
  lz4: { words: 'LZ4-compressed data', magic: ['04224d18'] },
  lzip: { words: 'lzip-compressed data', magic: ['4c5a4950'] },
  compress: { words: 'data compressed with compress (.Z)', magic: ['1f9d', '1fa0'] },
  elf: { words: 'an ELF program', magic: ['7f454c46'] },
  exe: { words: 'a Windows program', magic: ['4d5a'] },
  ar: { words: 'an ar archive or Debian package', magic: ['213c617263683e0a'] },
  rpm: { words: 'an RPM package', magic: ['edabeedb'] },
  cpio: { words: 'a cpio archive', magic: ['303730373031', '303730373032', '303730373037'] },
  squashfs: { words: 'a SquashFS filesystem', magic: ['68737173'] },
  qcow2: { words: 'a QCOW2 disk image', magic: ['514649fb'] },
  sqlite: { words: 'an SQLite database', magic: ['53514c69746520666f726d6174203300'] },
  json: { words: 'a JSON document', magic: [] },
  html: { words: 'an HTML or XML document', magic: [] },
  text: { words: 'a text file', magic: [] },
} as const;

const COMPRESSIONS: readonly (readonly [CompressionFormat, readonly string[]])[] = [
  ['gzip', ['1f8b08']],
  ['xz', ['fd377a585a00']],
  // A frame, and the skippable frame that a stream may begin with (RFC 8878, section 3.1.2).
  ['zstd', ['28b52ffd', '5?2a4d18']],
  // `BZh`, the level, then a block or, in an empty stream, the end.
  ['bzip2', ['425a683?314159265359', '425a683?177245385090']],
];

/**
 * Says what bytes are by their content alone. `head` is the first 512 bytes or more, all of them where there are fewer. A tar of any
 * age is known by its header's checksum, an empty one by its zeros.
 */
export function sniff(head: Uint8Array): Format {
  if (head.length === 0) return 'empty';
  for (const [format, magics] of COMPRESSIONS) if (startsWithAny(head, magics)) return format;
  if (isTar(head)) return 'tar';
  for (const format of otherFormats()) {
    if (startsWithAny(head, OTHER_FORMATS[format].magic)) return format;
  }
  return sniffText(head);
}

/** A format in words that fit after "is": `a PNG image`. */
export function describeFormat(format: Format): string {
  switch (format) {
    case 'empty':
      return 'an empty file';
    case 'unknown':
      return 'data of an unknown format';
    case 'tar':
      return 'a tar archive';
    case 'gzip':
    case 'zstd':
    case 'xz':
    case 'bzip2':
      return `${format}-compressed data`;
    default:
      return OTHER_FORMATS[format].words;
  }
}

/** True for a format that `decompress` undoes. */
export function isCompression(format: Format): format is CompressionFormat {
  return format === 'gzip' || format === 'zstd' || format === 'xz' || format === 'bzip2';
}

function isTar(head: Uint8Array): boolean {
  if (head.length < BLOCK_BYTES) return false;
  const block = head.subarray(0, BLOCK_BYTES);
  return hasValidChecksum(block) || isZeroBlock(block);
}

function otherFormats(): OtherFormat[] {
  return Object.keys(OTHER_FORMATS).filter((key): key is OtherFormat => key in OTHER_FORMATS);
}

function startsWithAny(head: Uint8Array, magics: readonly string[]): boolean {
  return magics.some((magic) => startsWith(head, magic));
}

/** Compares nibble by nibble, so that `?` can stand for any. */
function startsWith(head: Uint8Array, magic: string): boolean {
  if (head.length * 2 < magic.length) return false;
  for (let i = 0; i < magic.length; i++) {
    const byte = head[i >> 1] ?? 0;
    const nibble = i % 2 === 0 ? byte >> 4 : byte & 0xf;
    if (magic[i] !== '?' && nibble.toString(16) !== magic[i]) return false;
  }
  return true;
}

const TEXT_BYTES = 512;

function sniffText(head: Uint8Array): Format {
  const text = decodeStart(head.subarray(0, TEXT_BYTES))?.trimStart();
  if (text === undefined || hasControls(text)) return 'unknown';
  if (/^[[{]/.test(text)) return 'json';
  if (/^<(?:!doctype|\?xml|html|svg|head|body)/i.test(text)) return 'html';
  return 'text';
}

/** The text of the first bytes, the last sequence of which may be cut; undefined where they are not UTF-8. */
function decodeStart(bytes: Uint8Array): string | undefined {
  for (let cut = 0; cut < Math.min(4, bytes.length); cut++) {
    const text = decodeUtf8(bytes.subarray(0, bytes.length - cut));
    if (text !== undefined) return text.replace(/^\uFEFF/, '');
  }
  return undefined;
}

function hasControls(text: string): boolean {
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x20 && !'\t\n\f\r\u001B'.includes(character)) return true;
  }
  return false;
}
