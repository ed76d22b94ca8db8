import { LIMITS } from '../../base/limits';
import { CodecError } from '../errors';

/** How far a decompression has come, bytes. */
export interface UnpackedSoFar {
  /** Of input that was consumed. */
  readonly consumed: number;
  /** Of output. */
  readonly unpacked: number;
}

/** Throws `limit-exceeded` where a stream of compressed bytes unpacks to more than anything but an attack does. */
export function checkOutputLimits({ consumed, unpacked }: UnpackedSoFar, what: string): void {
  const { decompressBytes, decompressFreeBytes, decompressRatio } = LIMITS;
  if (unpacked > decompressBytes) {
    const words = `${what} unpacks to more than the ${decompressBytes} bytes allowed.`;
    throw new CodecError('limit-exceeded', words, {
      detail: { what, consumed, unpacked, limit: decompressBytes },
    });
  }
  if (unpacked > decompressFreeBytes && unpacked > consumed * decompressRatio) {
    const words = `${what} unpacks to more than ${decompressFreeBytes} bytes and ${decompressRatio} times its size, which is the most allowed.`;
    throw new CodecError('limit-exceeded', words, {
      detail: { what, consumed, unpacked, limit: decompressRatio },
    });
  }
}
