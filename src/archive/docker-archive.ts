import type { JsonValue } from '../base/errors';
import { LIMITS } from '../base/limits';
import { isCompression, sniff } from '../codec/compression/sniff';
import type { LayerCompression } from '../layer/ingest-layer';
import { layerName } from '../layer/layer-name';
import { digestOfHex, isDigest, type Digest } from '../oci/digest';
import { parseImageConfig } from '../oci/image-config';
import { Fields, isArray, parseJson } from '../oci/json';
import { matchesPlatform } from '../oci/platform';
import { canonicalReference, type Reference } from '../oci/reference';
import { layerMediaType } from '../image/synthesize-manifest';
import { shorten, type ArchiveFile } from './archive-entries';
import type { ArchiveContents, ArchiveDocument } from './archive-contents';
import {
  archiveCore,
  checkLayerCount,
  layersToCopy,
  type ArchiveImage,
  type ArchiveLayer,
} from './archive-image';
import { ArchiveError } from './errors';
import { badName, imageName } from './image-name';
import { describeMadeImage, makeManifest } from './made-manifest';

/** One item of manifest.json, as `docker save` writes it since 1.10. */
export interface DockerArchiveItem {
  readonly config: ArchiveDocument;
  readonly imageId: Digest;
  readonly references: readonly Reference[];
  /** Paths of the layers, base first. */
  readonly layers: readonly string[];
  /** ID of the image it was built on; counts only where the archive holds that image too. */
  readonly parent: Digest | undefined;
}

/** Reads manifest.json. Throws what is wrong with it; what is wrong with one of its items is reported. */
export async function readDockerArchive(
  contents: ArchiveContents,
): Promise<readonly DockerArchiveItem[]> {
  const what = `manifest.json in ${contents.name}`;
  const { bytes } = await contents.document('manifest.json', LIMITS.manifestBytes);
  const json = parseJson(bytes, { what });
  if (json !== null && !isArray(json)) {
    throw new ArchiveError('bad-manifest', `${what} is not a list of images.`, {
      detail: { archive: contents.name, entry: 'manifest.json' },
    });
  }
  const items: DockerArchiveItem[] = [];
  for (const [i, value] of (json ?? []).entries()) {
    const item = await contents.attempt(() => readItem(contents, value, `image ${i} of ${what}`));
    if (item) items.push(item);
  }
  return items;
}

async function readItem(
  contents: ArchiveContents,
  value: JsonValue,
  what: string,
): Promise<DockerArchiveItem> {
  const fields = new Fields(value, what);
  const path = fields.string('Config');
  const config = await contents.document(path, LIMITS.configBytes);
  const named = digestInName(path);
  if (named) contents.checkDigest(config, named);
  const parent = fields.optionalString('Parent');
  return {
    config,
    imageId: config.digest,
    references: fields.strings('RepoTags').map((tag) => parseTag(tag, what)),
    layers: fields.strings('Layers'),
    parent: isDigest(parent) ? parent : undefined,
  };
}

/** Every tool that names a configuration by 64 hex digits means its digest: `<hex>.json`, `sha256:<hex>`, `blobs/sha256/<hex>`. */
function digestInName(path: string): Digest | undefined {
  const hex = /(?:^|[/:])([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1];
  return hex === undefined ? undefined : digestOfHex(hex);
}

/** A name with a tag, as docker asks for it in manifest.json. Throws `bad-name`. */
function parseTag(text: string, what: string): Reference {
  const reference = imageName(text, what);
  if (reference.tag !== undefined) return reference;
  throw badName(text, what, 'which has no tag');
}

/**
 * The image of one item, with a manifest made for it. What is wrong with its layers is reported, so that the rest can be looked into.
 * Throws what is wrong with its configuration, and `bad-manifest`.
 */
export async function dockerArchiveImage(
  contents: ArchiveContents,
  item: DockerArchiveItem,
  parent: Digest | undefined,
): Promise<ArchiveImage> {
  const what = `${item.config.file.path} in ${contents.name}`;
  const config = parseImageConfig(item.config.bytes, what);
  checkLayerCount(config, { found: item.layers.length, what: `manifest.json in ${contents.name}` });
  const layers: SniffedLayer[] = [];
  for (const [position, diffId] of config.diffIds.entries()) {
    layers.push(await readLayer(contents, item, { position, diffId }));
  }
  const { digest, bytes } = item.config;
  const manifest = await makeManifest({
    config: { digest, size: bytes.length },
    layers: layers.map(({ descriptor, compression }) => ({ ...descriptor, compression })),
  });
  const core = archiveCore({ archive: contents.name, manifest, config: item.config, layers });
  const platform = { platform: config.platform, imageId: item.imageId, config, core, layers };
  const image: ArchiveImage = {
    references: item.references,
    names: item.references.map(canonicalReference),
    platforms: [platform],
    absent: [],
    layers: layersToCopy([platform]),
    attachments: [],
    describe: (copied) =>
      describeMadeImage(
        { digest, bytes, config, parent },
        layers.flatMap(({ copy }) => (copy ? [copied(copy)] : [])),
      ),
    forPlatform: (asked) => (matchesPlatform(asked, config.platform) ? image : undefined),
  };
  return image;
}

interface SniffedLayer extends ArchiveLayer {
  readonly compression: LayerCompression;
}

async function readLayer(
  contents: ArchiveContents,
  { layers }: DockerArchiveItem,
  { position, diffId }: { readonly position: number; readonly diffId: Digest },
): Promise<SniffedLayer> {
  const path = layers[position] ?? '';
  const what = layerName(position, shorten(path));
  const file = await contents.layerFile(path, what);
  const compression = file ? await compressionOf(contents, file) : 'none';
  const claim = { diffId, what, ...(compression === 'none' ? { digest: diffId } : {}) };
  return {
    descriptor: { mediaType: layerMediaType(compression), digest: diffId, size: file?.size ?? 0 },
    compression,
    diffId,
    what,
    copy: file && contents.layer(file, claim),
  };
}

const HEAD_BYTES = 512;

async function compressionOf(
  { entries, options }: ArchiveContents,
  file: ArchiveFile,
): Promise<LayerCompression> {
  const format = sniff(await entries.head(file, HEAD_BYTES, options));
  return isCompression(format) ? format : 'none';
}
