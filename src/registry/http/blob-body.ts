import type { ByteRange } from '../../base/byte-source';
import type { Digest } from '../../oci/digest';
import { badReply, RegistryError } from '../errors';
import { beginsAsWebPage, webPage } from './web-page';

/**
 * Where the bytes of a reply begin that were asked for from `start` on: a server without ranges answers 200 and sends all of them. Throws
 * `bad-reply` for another range than that.
 */
export function startOf({ status, headers }: Response, start: number, host: string): number {
  if (status !== 206) return 0;
  const range = headers.get('content-range');
  // A registry may keep the header from pages; that of the range which was asked for is then taken for granted, and the digest tells.
  if (range === null) return start;
  const found = /^bytes (\d+)-/.exec(range)?.[1];
  if (found === undefined || Number(found) !== start) {
    throw badReply(host, `it sent another range than was asked for (${range.slice(0, 100)})`);
  }
  return start;
}

interface Cut {
  readonly host: string;
  /** Where the body begins, and where what is wanted of it ends; bytes of the blob. */
  readonly sent: ByteRange;
  /** Where what is wanted begins. */
  readonly from: number;
  /** The error for a body that goes on past the end; undefined where that is all right. */
  readonly tooLong: (() => Error) | undefined;
}

/** The wanted part of a body. It breaks off at once where the body is a web page. */
export function cutBody(
  body: ReadableStream<Uint8Array>,
  { host, sent, from, tooLong }: Cut,
): ReadableStream<Uint8Array> {
  let at = sent.start;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      // One with the length of the blob may be the blob: its digest tells.
      const isOther = at === 0 && chunk.length !== sent.end;
      if (isOther && beginsAsWebPage(chunk)) throw webPage(host, 'a blob');
      const start = Math.max(from - at, 0);
      const end = sent.end - at;
      at += chunk.length;
      if (at > sent.end && tooLong) throw tooLong();
      if (start < Math.min(chunk.length, end)) controller.enqueue(chunk.subarray(start, end));
      if (at > sent.end) controller.terminate();
    },
  });
  return body.pipeThrough(cut);
}

export function tooManyBytes(host: string, digest: Digest, size: number): RegistryError {
  return new RegistryError(
    'size-mismatch',
    `${host} sends more than the ${size} bytes that the blob ${digest} should have.`,
    { detail: { host, what: `the blob ${digest}`, digest, expected: size } },
  );
}
