const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** What bounds hostile input, all in one place; the sentence of each refusal names its limit. Bytes unless said otherwise. */
export const LIMITS = {
  /** Size of an index.json, a manifest or a manifest.json. */
  manifestBytes: 4 * MiB,
  /** Size of an image configuration. */
  configBytes: 8 * MiB,
  /** Levels of nesting in any JSON that comes from outside. */
  jsonDepth: 128,
  /** Levels of an index inside an index. */
  indexDepth: 8,
  /** Layers of one image. Engines allow 127. */
  imageLayers: 1000,
  /** Names in a list that a registry gives: of tags, of repositories. */
  listNames: 1_000_000,
  /** Links followed from one archive entry to another. */
  linkHops: 32,
  /** Length of a path in a tar. */
  tarNameBytes: 4 * KiB,
  /** Length of all pax records of one entry. */
  paxBytes: 1 * MiB,
  /** Length of the map of a sparse file in a tar. */
  sparseMapBytes: 1 * MiB,
  /** Holes of a sparse file that are filled in when its content is read. */
  holeBytes: 4 * GiB,
  /**
   * What follows the end of a tar: padding, a few kilobytes of it, or a table of contents, for which there is room here. Zeros are the end of a
   * tar, so that this is what stops a compressed stream of nothing else.
   */
  tarTrailerBytes: 128 * MiB,
  /** Entries in one layer. */
  layerEntries: 2_000_000,
  /** Length of all paths of one layer. */
  layerNameBytes: 256 * MiB,
  /** A layer's table of contents (eStargz, zstd:chunked), packed as well as unpacked. */
  tocBytes: 96 * MiB,
  /** Sum of all documents (JSON) that are read of one archive, a document counted as often as it is named. */
  archiveDocumentBytes: 64 * MiB,
  /** Length of what a token server answers. */
  tokenBytes: 256 * KiB,
  /** A decompression is stopped when its output is past this and past `decompressRatio` times its input. */
  decompressFreeBytes: 1 * GiB,
  decompressRatio: 1000,
  /** A decompression is stopped past this, whatever its ratio. */
  decompressBytes: 256 * GiB,
} as const;
