/** Bytes of a tar block; headers and contents are padded to it. */
export const BLOCK_BYTES = 512;

const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
const SPACE = 0x20;

/** The bytes of a field up to its first NUL, as a view. */
export function field(block: Uint8Array, start: number, length: number): Uint8Array {
  const end = block.indexOf(0, start);
  return block.subarray(start, end === -1 ? start + length : Math.min(end, start + length));
}

/**
 * A number field: octal text with spaces or NULs around it, or base-256 where the top bit is set (two's complement,
 * as GNU tar writes large and negative numbers). Undefined where it is neither, or past 2^53.
 */
export function numberField(block: Uint8Array, start: number, length: number): number | undefined {
  const lead = block[start] ?? 0;
  return lead & 0x80 ? base256(block, start, length) : octal(block, start, length);
}

/** True where the block's checksum is right, whether its bytes were added up as unsigned or, as some old tars did, as signed. */
export function hasValidChecksum(block: Uint8Array): boolean {
  const expected = octal(block, CHECKSUM_AT, CHECKSUM_BYTES);
  const sum = checksum(block);
  return expected === sum || expected === sum - signedDifference(block);
}

/** The sum that belongs into the checksum field: all bytes, that field taken as spaces. */
export function checksum(block: Uint8Array): number {
  let sum = CHECKSUM_BYTES * SPACE;
  for (let i = 0; i < CHECKSUM_AT; i++) sum += block[i] ?? 0;
  for (let i = CHECKSUM_AT + CHECKSUM_BYTES; i < BLOCK_BYTES; i++) sum += block[i] ?? 0;
  return sum;
}

export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** How much more the bytes outside the checksum field are as unsigned than as signed. */
function signedDifference(block: Uint8Array): number {
  let negative = 0;
  for (let i = 0; i < BLOCK_BYTES; i++) {
    const inField = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES;
    if (!inField && (block[i] ?? 0) >= 0x80) negative++;
  }
  return 256 * negative;
}

function octal(block: Uint8Array, start: number, length: number): number | undefined {
  const end = start + length;
  let at = start;
  while (at < end && isFiller(block[at])) at++;
  let value = 0;
  for (; at < end && !isFiller(block[at]); at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

function isFiller(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0;
}

function base256(block: Uint8Array, start: number, length: number): number | undefined {
  const negative = ((block[start] ?? 0) & 0x40) !== 0;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const byte = (block[start + i] ?? 0) ^ (negative ? 0xff : 0);
    value = value * 256 + (i === 0 ? byte & 0x3f : byte);
  }
  if (!Number.isSafeInteger(value)) return undefined;
  return negative ? -value - 1 : value;
}
