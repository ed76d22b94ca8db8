import { readRange, type ByteSource } from '../base/byte-source';
import { isCoded } from '../base/errors';
import type { AbortOptions, TaskOptions } from '../base/task';
import { scanTar } from '../codec/tar/scan-tar';
import {
  describeFormat,
  isCompression,
  sniff,
  type CompressionFormat,
} from '../codec/compression/sniff';
import type { UnpackArchive } from '../layer/ingest-layer';
import { ArchiveContents } from './archive-contents';
import { ArchiveEntries } from './archive-entries';
import type { ArchiveImage } from './archive-image';
import { readDockerArchive } from './docker-archive';
import { ArchiveError } from './errors';
import { dockerArchiveImages } from './hybrid-archive';
import { readLegacyArchive } from './legacy-archive';
import { noImage } from './no-image';
import { readOciLayout } from './oci-layout';
import { recognise, type ArchiveFormat } from './recognise';

export interface OpenArchiveOptions extends TaskOptions {
  /** The file's name, for the sentences of errors. */
  readonly name: string;
  readonly unpackArchive: UnpackArchive;
}

/**
 * An image archive whose documents have been read. Its images can be looked into as long as it is open, whether or not it is fit to be
 * loaded.
 */
export interface OpenedArchive {
  readonly name: string;
  readonly format: ArchiveFormat;
  /** Of the file as a whole. */
  readonly compression: CompressionFormat | 'none';
  /** In the order in which an engine loads them. One at least. */
  readonly images: readonly ArchiveImage[];
  /** What a load refuses it for; empty for an archive that is whole, as far as can be told before its layers are read. */
  readonly problems: readonly Error[];
  /** Gives back the space of what was unpacked. Nothing of the archive can be read afterwards. */
  close(): Promise<void>;
}

/**
 * Reads the table of contents and the documents of an image archive: headers and JSON, no layer. Compression is undone first, whatever
 * the file is called. Rejects with an ArchiveError for what is no image, and with what is wrong with a document where no image is left to
 * be looked into.
 */
export async function openArchive(
  source: ByteSource,
  options: OpenArchiveOptions,
): Promise<OpenedArchive> {
  const outer = await sniffSource(source, options);
  if (outer === 'tar') {
    return { ...(await readArchive(source, options)), compression: 'none', close: doNothing };
  }
  if (!isCompression(outer)) throw notAnArchive(options.name, outer);
  const { unpackArchive, signal, onProgress } = options;
  const unpacked = await unpackArchive(source, { signal, onProgress });
  try {
    const inner = await sniffSource(unpacked.source, options);
    if (inner !== 'tar') throw notAnArchive(options.name, inner, outer);
    const archive = await readArchive(unpacked.source, options);
    return { ...archive, compression: outer, close: () => unpacked.release() };
  } catch (error) {
    await unpacked.release();
    throw error;
  }
}

type ReadArchive = Pick<OpenedArchive, 'name' | 'format' | 'images' | 'problems'>;

async function readArchive(
  source: ByteSource,
  { name, signal }: OpenArchiveOptions,
): Promise<ReadArchive> {
  const entries = new ArchiveEntries(source, name);
  const contents = new ArchiveContents(entries, { signal });
  try {
    await scanTar(source, (entry) => entries.add(entry), { what: name, signal });
  } catch (error) {
    // What lies before the damage can still be looked into.
    if (!isCoded(error)) throw error;
    contents.report(error);
  }
  try {
    const format = await recognise(contents);
    const images = await readImages(contents, format);
    if (images.length === 0) throw noImage(name, 'none of its documents names one');
    entries.refuseUnsafeNames();
    return { name, format, images, problems: contents.problems };
  } catch (error) {
    signal?.throwIfAborted();
    throw contents.problems[0] ?? error;
  }
}

async function readImages(
  contents: ArchiveContents,
  format: ArchiveFormat,
): Promise<readonly ArchiveImage[]> {
  switch (format) {
    case 'docker-archive':
      return dockerArchiveImages(contents, await readDockerArchive(contents));
    case 'oci-layout':
      return readOciLayout(contents);
    case 'legacy-docker-archive':
      return readLegacyArchive(contents);
  }
}

const HEAD_BYTES = 512;

async function sniffSource(source: ByteSource, options: AbortOptions) {
  return sniff(await readRange(source, { start: 0, end: HEAD_BYTES }, options));
}

function notAnArchive(
  archive: string,
  format: Parameters<typeof describeFormat>[0],
  outer?: CompressionFormat,
): ArchiveError {
  if (format === 'empty' && !outer) {
    return new ArchiveError('empty-file', `${archive} is empty: it has no bytes at all.`, {
      detail: { archive },
    });
  }
  const what = describeFormat(format);
  const message = outer
    ? `${archive} is ${what} compressed with ${outer}, not an image archive.`
    : `${archive} is ${what}, not an image archive.`;
  return new ArchiveError('not-an-archive', message, { detail: { archive, format } });
}

function doNothing(): Promise<void> {
  return Promise.resolve();
}
