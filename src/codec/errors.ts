import { CodedError } from '../base/errors';

export type CodecErrorCode =
  /** The stream ends before its format says so. */
  | 'truncated'
  /** A compressed stream that cannot be decoded: bad header, checksum or symbol. */
  | 'bad-compression'
  /** A tar that cannot be read: bad checksum, number, pax record or sparse map. */
  | 'bad-tar'
  /** One of `LIMITS` was passed. */
  | 'limit-exceeded'
  /** The part of the program that packs could not be loaded. */
  | 'no-encoder';

/** What is wrong with bytes, with the offset in `detail` where it is known. */
export class CodecError extends CodedError<CodecErrorCode> {}

/** Where in which bytes something is wrong. */
export interface Place {
  /** What the bytes are, as a sentence may name them: `layer.tar`. */
  readonly what: string;
  /** From the start of those bytes. */
  readonly offset: number;
}

/** `problem` is the rest of a sentence: `the header has a wrong checksum`. */
export function badTar({ what, offset }: Place, problem: string): CodecError {
  return new CodecError(
    'bad-tar',
    `${what} is not a readable tar: at offset ${offset} ${problem}.`,
    {
      detail: { what, offset },
    },
  );
}

/** `inside` names what is cut: `the header of an entry`. */
export function truncated({ what, offset }: Place, inside: string): CodecError {
  return new CodecError(
    'truncated',
    `${what} is cut off: it ends at offset ${offset}, inside ${inside}.`,
    {
      detail: { what, offset },
    },
  );
}

/** `excess` says what is larger than the limit: `a path of 5000 bytes, more than the 4096 bytes allowed`. */
export function limitExceeded({ what, offset }: Place, excess: string, limit: number): CodecError {
  return new CodecError('limit-exceeded', `${what} has at offset ${offset} ${excess}.`, {
    detail: { what, offset, limit },
  });
}

/** A compressed stream that ends too early; `offset` is its length, bytes. */
export function truncatedStream(
  { what, offset }: Place,
  format: string,
  cause?: unknown,
): CodecError {
  return new CodecError(
    'truncated',
    `${what} is cut off: its ${format} stream goes on past its end at offset ${offset}.`,
    { detail: { what, offset }, cause },
  );
}

/** `problem` is the rest of a sentence; `offset` is how far the compressed bytes had been read, and so near the damage. */
export function badCompression(
  { what, offset }: Place,
  problem: string,
  cause?: unknown,
): CodecError {
  return new CodecError(
    'bad-compression',
    `${what} is damaged: ${problem} (near offset ${offset}).`,
    {
      detail: { what, offset },
      cause,
    },
  );
}
