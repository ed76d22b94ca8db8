import { CodedError } from '../base/errors';

export type ImageErrorCode =
  /** No stored image has this name or ID. */
  | 'no-such-image'
  /** A short ID that several images begin with. */
  | 'ambiguous-id'
  /** A blob whose bytes do not have the digest that names them. */
  | 'digest-mismatch'
  /** The image is here, but not for this platform. */
  | 'no-such-platform'
  /** A chart, a signature, an SBOM or another artifact: no filesystem in it. */
  | 'artifact'
  | 'no-such-layer'
  /** The image cannot be removed, or only by force: it has several names, or others were built on it. */
  | 'image-in-use'
  /** No tag can be made of this name. */
  | 'bad-tag';

export class ImageError extends CodedError<ImageErrorCode> {}
