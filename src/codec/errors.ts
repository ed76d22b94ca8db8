import { CodedError } from '../base/errors';

export type CodecErrorCode =
  /** The stream ends before its format says so. */
  | 'truncated'
  /** A compressed stream that cannot be decoded: bad header, checksum or symbol. */
  | 'bad-compression'
  /** A tar that cannot be read: bad checksum, number, pax record or sparse map. */
  | 'bad-tar'
  /** One of `LIMITS` was passed. */
  | 'limit-exceeded';

/** What is wrong with bytes, with the offset in `detail` where it is known. */
export class CodecError extends CodedError<CodecErrorCode> {}
