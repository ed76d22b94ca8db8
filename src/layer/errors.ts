import { CodedError } from '../base/errors';

export type LayerErrorCode =
  /** The stored bytes do not have the digest that names them. */
  | 'digest-mismatch'
  /** The unpacked bytes do not have the diff ID that the configuration names. */
  | 'diff-id-mismatch'
  | 'size-mismatch'
  /** The bytes are no layer: no tar, whatever they are. */
  | 'not-a-layer'
  /** One of `LIMITS` was passed. */
  | 'limit-exceeded'
  /** There is no such path, or it is no file. */
  | 'no-such-path'
  | 'not-a-file'
  /** A table of contents that is not what eStargz or zstd:chunked say it is: the layer has to be read whole. */
  | 'bad-toc'
  /** Reading it would fetch more than was allowed; `detail.bytes` says how much. */
  | 'over-budget'
  /** An index in a format of another version, or damaged; it is rebuilt from the blob. */
  | 'bad-index';

export class LayerError extends CodedError<LayerErrorCode> {}
