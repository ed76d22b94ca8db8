/** CRC-32 as gzip has it (RFC 1952, section 8). One serves any number of contents. */
export type Crc32 = (content: Uint8Array) => number;

export async function createCrc32(): Promise<Crc32> {
  const { createCRC32 } = await import('hash-wasm');
  const hasher = await createCRC32();
  return (content) => Number.parseInt(hasher.init().update(content).digest('hex'), 16);
}

/** Polynomials over GF(2) as CRC-32 writes them: the most significant bit is the coefficient of x⁰. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const X_TO_8 = 0x00800000;

/** The CRC-32 of two contents, one after the other, of their sums and the length of the second in bytes. */
export function joinCrc32(first: number, second: number, secondBytes: number): number {
  // Zeros after a content multiply its sum by x⁸ each.
  return (multiply(first, power(X_TO_8, secondBytes)) ^ second) >>> 0;
}

function power(base: number, exponent: number): number {
  let result = ONE;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

/** Modulo the polynomial of CRC-32. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return product >>> 0;
}
