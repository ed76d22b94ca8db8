import { readRange, type ByteSource } from '../base/byte-source';
import type { JsonValue } from '../base/errors';
import { encodeUtf8 } from '../base/bytes';
import type { TaskOptions } from '../base/task';
import { formatTimestamp, timestampOfMilliseconds } from '../base/timestamp';
import { sha256Digest } from '../codec/hash/sha256';
import { sniff } from '../codec/compression/sniff';
import { containerConfig } from '../image/container-config';
import { copyImages, type CopyImage, type DescribedImage } from '../image/copy';
import { goJson, type OrderedJson } from '../image/go-json';
import type { LayerSummary } from '../image/image-summary';
import { storeSink, type StoreSinkParts } from '../image/store-sink';
import type { UnpackArchive } from '../layer/ingest-layer';
import type { Digest } from '../oci/digest';
import { parseImageConfig } from '../oci/image-config';
import type { Platform } from '../oci/platform';
import { ArchiveError } from './errors';
import { describeMadeImage } from './made-manifest';

/** What an image of a root filesystem is to be like. */
export interface ImportedImage {
  /** The file's name, for the sentences of errors. */
  readonly what: string;
  /** Canonical; undefined for an image without a name. */
  readonly name: string | undefined;
  readonly message: string;
  readonly platform: Platform;
  /** Members of the container configuration. */
  readonly config: Readonly<Record<string, JsonValue>>;
}

export interface ImportOptions extends TaskOptions, StoreSinkParts {
  readonly unpackArchive: UnpackArchive;
}

const HEAD_BYTES = 512;

/**
 * Stores a root filesystem, a tar however it is compressed, as an image of one layer. Resolves to its ID. Rejects with what is wrong with the
 * tar, and has then stored nothing. https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_import.go
 */
export async function importRootFilesystem(
  source: ByteSource,
  image: ImportedImage,
  options: ImportOptions,
): Promise<Digest> {
  const { signal, onProgress } = options;
  const head = await readRange(source, { start: 0, end: HEAD_BYTES }, { signal });
  const format = sniff(head);
  if (format === 'empty') {
    throw new ArchiveError('empty-file', `${image.what} is empty: it has no bytes at all.`, {
      detail: { archive: image.what },
    });
  }
  // No manifest has a word for layers in these two: they are stored unpacked.
  if (format !== 'xz' && format !== 'bzip2') return storeLayer(source, image, options);
  const unpacked = await options.unpackArchive(source, { signal, onProgress });
  try {
    return await storeLayer(unpacked.source, image, options);
  } finally {
    await unpacked.release();
  }
}

async function storeLayer(
  source: ByteSource,
  image: ImportedImage,
  { store, ingestLayer, hashBlob, now, signal, onProgress }: ImportOptions,
): Promise<Digest> {
  const layer = { bytes: source, expected: { what: image.what } };
  const created = formatTimestamp(timestampOfMilliseconds(now()));
  const copy: CopyImage = {
    names: image.name === undefined ? [] : [image.name],
    layers: [layer],
    attachments: [],
    describe: (copied) => describeImport(image, copied(layer), created),
  };
  const sink = storeSink({ store, ingestLayer, hashBlob, now });
  const [copied] = await copyImages([copy], sink, { signal, onProgress });
  const platform = copied?.summary.platforms[0];
  if (!platform) throw new RangeError(`${image.what} was stored as no image`);
  return platform.imageId;
}

async function describeImport(
  image: ImportedImage,
  layer: LayerSummary,
  created: string,
): Promise<DescribedImage> {
  const bytes = encodeUtf8(configJson(image, layer.diffId, created));
  const digest = await sha256Digest(bytes);
  const config = parseImageConfig(bytes, `the configuration of ${image.what}`);
  return describeMadeImage({ digest, bytes, config, parent: undefined }, [layer]);
}

/** As an engine writes it, but for the version of docker, which made nothing here. */
function configJson(image: ImportedImage, diffId: Digest, created: string): string {
  const { message, platform, config } = image;
  const members = new Map<string, OrderedJson>([
    ['architecture', platform.architecture],
    ['comment', message],
    ['config', containerConfig(config)],
    ['container_config', containerConfig(undefined)],
    ['created', created],
    [
      'history',
      [
        new Map<string, OrderedJson>([
          ['created', created],
          ['comment', message],
        ]),
      ],
    ],
    ['os', platform.os],
    [
      'rootfs',
      new Map<string, OrderedJson>([
        ['type', 'layers'],
        ['diff_ids', [diffId]],
      ]),
    ],
  ]);
  return goJson(members, { escapeHtml: true, oldEscapes: true });
}
