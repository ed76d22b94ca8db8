import { CodedError } from '../base/errors';

export type ArchiveErrorCode =
  /** The file has no bytes at all. */
  | 'empty-file'
  /** The bytes are no tar, whatever the file is called. */
  | 'not-an-archive'
  /** The file ends before its last entry does. */
  | 'truncated'
  /** The tar cannot be read. */
  | 'bad-archive'
  /** A name or link of the archive's own that leads out of it. */
  | 'unsafe-path'
  /** Links that lead to each other, or too many of them. */
  | 'link-cycle'
  /** A document or layer that another document names is not in the archive. */
  | 'missing-entry'
  /** Bytes that do not have the digest or size that names them. */
  | 'digest-mismatch'
  | 'size-mismatch'
  /** A manifest whose parts contradict each other. */
  | 'bad-manifest'
  /** A name that docker would refuse. */
  | 'bad-name'
  /** One of `LIMITS` was passed. */
  | 'limit-exceeded'
  /** The files of a whole system, as `docker export` writes them: `docker import` takes it, and it can be opened as one layer. */
  | 'root-filesystem'
  /** One layer of an image, by its whiteouts or its name. It can be opened as one layer. */
  | 'single-layer'
  /** A chart, a signature, an SBOM or another artifact: no filesystem in it. */
  | 'artifact'
  /** What `skopeo copy … dir:` writes. */
  | 'dir-layout'
  /** A folder, of which a browser gives the files one by one. */
  | 'is-folder'
  /** An image of the manifest format that registries dropped. */
  | 'schema1'
  /** A readable tar with none of the documents that make an image. */
  | 'no-image';

/** What is wrong with an image archive. `detail.archive` is the file's name; `entry` and `offset` (bytes) where they are known. */
export class ArchiveError extends CodedError<ArchiveErrorCode> {}
