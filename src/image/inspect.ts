import {
  formatTimestamp,
  parseTimestamp,
  timestampOfMilliseconds,
  ZERO_TIME,
} from '../base/timestamp';
import type { Digest } from '../oci/digest';
import type { ImageConfig } from '../oci/image-config';
import { containerConfig, optional, textOf } from './container-config';
import type { OrderedJson } from './go-json';

/** What inspect shows of an image beside its configuration. */
export interface InspectedImage {
  readonly imageId: Digest;
  readonly config: ImageConfig;
  /** Familiar `name:tag`. */
  readonly repoTags: readonly string[];
  /** Familiar `name@sha256:…`. */
  readonly repoDigests: readonly string[];
  /** Bytes of file content in all layers. */
  readonly size: number;
  /** ID of the image that it was built on, where that is known. */
  readonly parent?: Digest | undefined;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

type Members = Map<string, OrderedJson>;

/**
 * An image as docker's engine 20.10 describes it: its fields, its order, and of the configuration only what it knows, null and empty as
 * Go's encoder writes them. https://github.com/moby/moby/blob/v20.10.24/api/types/types.go (ImageInspect)
 */
export function inspectImage(image: InspectedImage): OrderedJson {
  const { fields, history = [], diffIds, platform } = image.config;
  const text = (name: string) => textOf(fields.raw(name));
  const config = fields.raw('config') ?? null;
  const variant = platform.variant ?? '';
  const osVersion = platform.osVersion ?? '';
  return new Map<string, OrderedJson>([
    ['Id', image.imageId],
    ['RepoTags', image.repoTags],
    ['RepoDigests', image.repoDigests],
    ['Parent', image.parent ?? ''],
    ['Comment', text('comment') || (history.at(-1)?.comment ?? '')],
    ['Created', formatTimestamp(parseTimestamp(image.config.created ?? '') ?? ZERO_TIME)],
    ['Container', text('container')],
    ['ContainerConfig', containerConfig(fields.raw('container_config'))],
    ['DockerVersion', text('docker_version')],
    ['Author', image.config.author],
    ['Config', config === null ? null : containerConfig(config)],
    ['Architecture', platform.architecture],
    ...optional('Variant', variant, variant !== ''),
    ['Os', platform.os],
    ...optional('OsVersion', osVersion, osVersion !== ''),
    ['Size', image.size],
    ['VirtualSize', image.size],
    [
      'GraphDriver',
      new Map<string, OrderedJson>([
        ['Data', null],
        ['Name', 'drydock'],
      ]),
    ],
    ['RootFS', rootFs(diffIds)],
    [
      'Metadata',
      new Map([['LastTagTime', formatTimestamp(timestampOfMilliseconds(image.storedAt))]]),
    ],
  ]);
}

function rootFs(diffIds: readonly Digest[]): Members {
  return new Map<string, OrderedJson>([
    ['Type', 'layers'],
    ...optional('Layers', diffIds, diffIds.length > 0),
  ]);
}
