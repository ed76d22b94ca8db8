/**
 * Go's strings are bytes, which need not be UTF-8. Here each byte that is none stands as a half of a character by itself, U+DC80 to U+DCFF,
 * which no text has.
 */
const BROKEN = /[\udc80-\udcff]/u;
const OFFSET = 0xdc00;
const MOST_BYTES = 4;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of a string. */
export function encodeGo(text: string): Uint8Array {
  const encoder = new TextEncoder();
  if (!BROKEN.test(text)) return encoder.encode(text);
  const bytes = Array.from(text, (character) => {
    const byte = brokenByte(character);
    return byte === undefined ? [...encoder.encode(character)] : [byte];
  });
  return Uint8Array.from(bytes.flat());
}

/** The string of bytes. */
export function decodeGo(bytes: Uint8Array): string {
  const whole = decoded(bytes);
  if (whole !== undefined) return whole;
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const [character, size] = firstCharacter(bytes.subarray(at, at + MOST_BYTES));
    text += character;
    at += size;
  }
  return text;
}

/** The byte that such a half stands for; undefined of a character. */
export function brokenByte(character: string): number | undefined {
  return BROKEN.test(character) ? character.charCodeAt(0) - OFFSET : undefined;
}

/** The half that stands for a byte of 0x80 and above. */
export function brokenCharacter(byte: number): string {
  return String.fromCharCode(OFFSET + byte);
}

/** The string with U+FFFD for what is not UTF-8, as a terminal shows it. */
export function shownGo(text: string): string {
  return BROKEN.test(text)
    ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(encodeGo(text))
    : text;
}

function firstCharacter(bytes: Uint8Array): readonly [text: string, size: number] {
  for (let size = 1; size <= bytes.length; size++) {
    const text = decoded(bytes.subarray(0, size));
    if (text !== undefined) return [text, size];
  }
  return [brokenCharacter(bytes[0] ?? 0), 1];
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}
