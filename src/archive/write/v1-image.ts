import { encodeUtf8 } from '../../base/bytes';
import { compareText } from '../../base/compare-text';
import { formatTimestamp, parseTimestamp, ZERO_TIME } from '../../base/timestamp';
import { sha256Digest } from '../../codec/hash/sha256';
import { containerConfig, optional } from '../../image/container-config';
import { goJson, type OrderedJson } from '../../image/go-json';
import { digestHex, type Digest } from '../../oci/digest';
import type { ImageConfig } from '../../oci/image-config';

/** A layer as docker before 1.10 knew it: an image on top of its parent. */
export interface V1Layer {
  /** 64 hex digits. */
  readonly id: string;
  /** The file `json`. */
  readonly json: Uint8Array<ArrayBuffer>;
  readonly diffId: Digest;
}

type Members = readonly (readonly [string, OrderedJson])[];

/**
 * The layers of an image as engine 20.10 names and describes them when it saves it: the top one with the image's own configuration, the others
 * with none. https://github.com/moby/moby/blob/v20.10.24/image/tarexport/save.go and image/v1/imagev1.go (CreateID)
 */
export async function v1Layers(config: ImageConfig): Promise<readonly V1Layer[]> {
  const layers: V1Layer[] = [];
  let chainId: Digest | undefined;
  let parent: Digest | undefined;
  for (const [i, diffId] of config.diffIds.entries()) {
    chainId = chainId ? await sha256Digest(encodeUtf8(`${chainId} ${diffId}`)) : diffId;
    const isTop = i === config.diffIds.length - 1;
    const members = isTop ? topMembers(config) : EMPTY_MEMBERS;
    const own = [...members, ['layer_id', chainId], ...optionalParent(parent)] as const;
    const id = await sha256Digest(toJson(own.toSorted(([a], [b]) => compareText(a, b))));
    layers.push({
      id: digestHex(id),
      json: layerJson(id, parent, withOs(members, config)),
      diffId,
    });
    parent = id;
  }
  return layers;
}

/** What an engine's type says of an image without a word about it. */
const EMPTY_MEMBERS: Members = [
  ['created', '1970-01-01T00:00:00Z'],
  ['container_config', containerConfig(undefined)],
];

/** In the order of the engine's type. https://github.com/moby/moby/blob/v20.10.24/image/image.go (V1Image) */
function topMembers({ fields }: ImageConfig): Members {
  const text = (key: string): Members => {
    const value = fields.optionalString(key) ?? '';
    return optional(key, value, value !== '');
  };
  const config = fields.raw('config') ?? undefined;
  const created = parseTimestamp(fields.optionalString('created') ?? '') ?? ZERO_TIME;
  return [
    ...text('comment'),
    ['created', formatTimestamp(created)],
    ...text('container'),
    ['container_config', containerConfig(fields.raw('container_config'))],
    ...text('docker_version'),
    ...text('author'),
    ...optional('config', containerConfig(config), config !== undefined),
    ...text('architecture'),
    ...text('variant'),
    ...text('os'),
  ];
}

/** Every layer has the system of the image. */
function withOs(members: Members, { platform: { os } }: ImageConfig): Members {
  const others = members.filter(([key]) => key !== 'os');
  return os === '' ? others : [...others, ['os', os]];
}

function layerJson(
  id: Digest,
  parent: Digest | undefined,
  members: Members,
): Uint8Array<ArrayBuffer> {
  const parentHex = parent ? digestHex(parent) : '';
  return toJson([
    ['id', digestHex(id)],
    ...optional('parent', parentHex, parentHex !== ''),
    ...members,
  ]);
}

function optionalParent(parent: Digest | undefined): Members {
  return parent ? [['parent', parent]] : [];
}

function toJson(members: Members): Uint8Array<ArrayBuffer> {
  return encodeUtf8(goJson(new Map(members), { escapeHtml: true, oldEscapes: true }));
}
