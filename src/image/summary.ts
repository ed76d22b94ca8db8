import { isRecord } from '../base/is-record';
import { isDigest, type Digest } from '../oci/digest';
import type { ImageConfig } from '../oci/image-config';
import type { Platform } from '../oci/platform';
import type { LayerCompression } from '../layer/ingest-layer';
import type { ImageSummary, LayerSummary, PlatformSummary } from './image-summary';

export interface PlatformParts {
  /** Digest of the manifest. */
  readonly manifest: Digest;
  readonly imageId: Digest;
  readonly config: ImageConfig;
  /** Where an index knows it better; the configuration's own without it. */
  readonly platform?: Platform;
  /** Base layer first. */
  readonly layers: readonly LayerSummary[];
  readonly parent?: Digest | undefined;
}

/** What listings show of one platform. */
export function summarizePlatform(parts: PlatformParts): PlatformSummary {
  const { manifest, imageId, config, platform = config.platform, layers, parent } = parts;
  return {
    manifest,
    imageId,
    platform,
    unpackedSize: sum(layers, (layer) => layer.unpackedSize),
    storedSize: sum(layers, (layer) => layer.size),
    layers,
    labels: Object.fromEntries(config.labels),
    ...(config.created === undefined ? {} : { created: config.created }),
    ...(parent === undefined ? {} : { parent }),
  };
}

/**
 * One image loaded twice: what either load brought. Platforms in the order of the newer one, then those that only the older one has.
 */
export function mergeSummaries(older: ImageSummary, newer: ImageSummary): ImageSummary {
  const here = new Set(newer.platforms.map(({ manifest }) => manifest));
  const platforms = [
    ...newer.platforms,
    ...older.platforms.filter(({ manifest }) => !here.has(manifest)),
  ];
  const present = new Set(platforms.map(({ manifest }) => manifest));
  return { platforms, absent: newer.absent.filter(({ manifest }) => !present.has(manifest)) };
}

/** The summary as the store gives it back; undefined where it is none, of an older version or damaged. */
export function parseImageSummary(value: unknown): ImageSummary | undefined {
  return isSummary(value) ? value : undefined;
}

function isSummary(value: unknown): value is ImageSummary {
  return (
    isRecord(value) &&
    isArrayOf(value['platforms'], isPlatformSummary) &&
    isArrayOf(value['absent'], isAbsent)
  );
}

function isPlatformSummary(value: unknown): value is PlatformSummary {
  return (
    isRecord(value) &&
    isDigest(value['manifest']) &&
    isDigest(value['imageId']) &&
    isPlatform(value['platform']) &&
    isOptional(value['created'], isString) &&
    isSize(value['unpackedSize']) &&
    isSize(value['storedSize']) &&
    isArrayOf(value['layers'], isLayerSummary) &&
    isRecord(value['labels']) &&
    Object.values(value['labels']).every(isString) &&
    isOptional(value['parent'], isDigest)
  );
}

function isLayerSummary(value: unknown): value is LayerSummary {
  return (
    isRecord(value) &&
    isDigest(value['digest']) &&
    isDigest(value['diffId']) &&
    isSize(value['size']) &&
    isCompression(value['compression']) &&
    isSize(value['unpackedSize']) &&
    isSize(value['entryCount'])
  );
}

function isAbsent(value: unknown): value is ImageSummary['absent'][number] {
  return isRecord(value) && isDigest(value['manifest']) && isPlatform(value['platform']);
}

function isPlatform(value: unknown): value is Platform {
  return (
    isRecord(value) &&
    isString(value['os']) &&
    isString(value['architecture']) &&
    isOptional(value['variant'], isString) &&
    isOptional(value['osVersion'], isString)
  );
}

const COMPRESSIONS: ReadonlySet<unknown> = new Set<LayerCompression>([
  'none',
  'gzip',
  'zstd',
  'xz',
  'bzip2',
]);

function isCompression(value: unknown): value is LayerCompression {
  return COMPRESSIONS.has(value);
}

function isArrayOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isOptional(value: unknown, isValue: (value: unknown) => boolean): boolean {
  return value === undefined || isValue(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function sum(layers: readonly LayerSummary[], of: (layer: LayerSummary) => number): number {
  return layers.reduce((total, layer) => total + of(layer), 0);
}
