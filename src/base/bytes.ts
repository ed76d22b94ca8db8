const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes, or undefined where they are not UTF-8. A byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Negative, zero or positive, as the first bytes that differ say; a prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

/**
 * Bytes as text that says every one of them: UTF-8 as it is, a backslash as `\\`, a byte that is not part of UTF-8 as
 * `\xNN` (lower case hex).
 */
export function escapeBytes(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return text.includes('\\') ? text.replaceAll('\\', '\\\\') : text;
  let escaped = '';
  for (let at = 0; at < bytes.length;) {
    const length = utf8LengthAt(bytes, at);
    const part = length > 0 ? decodeUtf8(bytes.subarray(at, at + length)) : undefined;
    escaped +=
      part === undefined
        ? `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`
        : part.replaceAll('\\', '\\\\');
    at += part === undefined ? 1 : length;
  }
  return escaped;
}

/** The bytes that `escapeBytes` wrote as text; an escape that it never writes is taken as it stands. */
export function unescapeBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const part of text.split(/(\\\\|\\x[0-9a-f]{2})/)) {
    if (part === '\\\\') bytes.push(0x5c);
    else if (/^\\x[0-9a-f]{2}$/.test(part)) bytes.push(Number.parseInt(part.slice(2), 16));
    else for (const byte of encodeUtf8(part)) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Length in bytes of the UTF-8 character at `at`; 0 where there is none. */
export function utf8LengthAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0xff;
  const length = announcedLength(lead);
  if (length < 2) return length;
  let point = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return 0;
    point = (point << 6) | (next & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point < 0xe000;
  const isShortest = point >= (length === 4 ? 0x10000 : length === 3 ? 0x800 : 0x80);
  return isShortest && !isSurrogate && point <= 0x10ffff ? length : 0;
}

/** Length in bytes that a lead byte announces, 0 for what is no lead byte. */
function announcedLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}
