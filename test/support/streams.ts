import type { ByteSource } from '../../src/base/byte-source';
import { encodeUtf8 } from '../../src/base/bytes';

/** What the fixtures in test/fixtures/streams hold: that many lines of 27 bytes. */
export function text(lines: number): Uint8Array<ArrayBuffer> {
  const line = (_: unknown, i: number): string =>
    `line ${String(i).padStart(6, '0')} of the fixture\n`;
  return encodeUtf8(Array.from({ length: lines }, line).join(''));
}

/** Bytes that do not compress, the same at every run. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** A source that gives its bytes in the pieces that lie between these offsets, and counts how often it is opened. */
export function cutSource(
  bytes: Uint8Array,
  cuts: readonly number[],
): ByteSource & { readonly opened: () => number } {
  let opened = 0;
  return {
    size: bytes.length,
    opened: () => opened,
    open(range = { start: 0, end: bytes.length }) {
      opened++;
      const ends = [...cuts.filter((cut) => cut > range.start && cut < range.end), range.end];
      let at = range.start;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          const end = ends.shift();
          if (end === undefined || end === at) {
            controller.close();
            return;
          }
          controller.enqueue(bytes.slice(at, end));
          at = end;
        },
      });
    },
  };
}

/** Like `cutSource`, in pieces of one length. */
export function piecedSource(bytes: Uint8Array, length: number): ReturnType<typeof cutSource> {
  const count = Math.ceil(bytes.length / length);
  return cutSource(
    bytes,
    Array.from({ length: count }, (_, i) => i * length),
  );
}
