import { decodeUtf8, encodeUtf8 } from '../base/bytes';
import { compareText } from '../base/compare-text';
import { LIMITS } from '../base/limits';
import { formatTimestamp, parseTimestamp, ZERO_TIME } from '../base/timestamp';
import { containerConfig } from '../image/container-config';
import { goJson, goJsonString, type OrderedJson } from '../image/go-json';
import type { Digest } from '../oci/digest';
import { Fields, parseJson } from '../oci/json';
import { compactJson, rawMembers } from './raw-json';

/** The history and diff IDs of an image of docker 1.9 or older and of all its parents, base first. */
export interface V1Chain {
  readonly diffIds: readonly Digest[];
  readonly history: readonly V1History[];
}

/** One step of the history as an engine writes it. */
export type V1History = ReadonlyMap<string, string>;

/** The step of the history that one v1 image is. */
export function historyOfV1(image: Fields): V1History {
  const command = image.optionalObject('container_config')?.strings('Cmd') ?? [];
  return withoutEmpty([
    ['created', goTime(image.optionalString('created'))],
    ['author', image.optionalString('author')],
    ['created_by', command.join(' ')],
    ['comment', image.optionalString('comment')],
  ]);
}

/** Members that only a v1 image has, or whose value an engine computes anew. */
const DROPPED = new Set(['id', 'parent', 'Size', 'parent_id', 'layer_id', 'throwaway']);

/**
 * The configuration that an engine (from 1.10 on) makes of a v1 image, to the byte: its digest is the ID under which `docker load` lists
 * the image. Throws what is wrong with the JSON.
 */
export function configOfV1(
  bytes: Uint8Array,
  { diffIds, history }: V1Chain,
  what: string,
): Uint8Array<ArrayBuffer> {
  const json = parseJson(bytes, { what, maxBytes: LIMITS.configBytes });
  const image = new Fields(json, what);
  const isOld = isOlderThan(image.optionalString('docker_version') ?? '', [1, 8, 3]);
  const members = isOld ? knownMembers(image) : rawMembers(decodeUtf8(bytes) ?? '');
  for (const key of DROPPED) members.delete(key);
  const rootfs = new Map<string, OrderedJson>([
    ['type', 'layers'],
    ['diff_ids', diffIds],
  ]);
  members.set('rootfs', engineJson(rootfs));
  members.set('history', engineJson(history));
  const sorted = [...members].sort(([a], [b]) => compareText(a, b));
  const text = sorted.map(([key, value]) => `${goJsonString(key, ENGINE)}:${compactJson(value)}`);
  return encodeUtf8(`{${text.join(',')}}`);
}

/** An engine passes images of docker before 1.8.3 through its own type, which keeps what it knows and fills in the rest. */
function knownMembers(image: Fields): Map<string, string> {
  const texts = [
    'comment',
    'container',
    'docker_version',
    'author',
    'architecture',
    'variant',
    'os',
  ];
  const known = withoutEmpty([
    ['created', goTime(image.optionalString('created'))],
    ...texts.map((key) => [key, image.optionalString(key)] as const),
  ]);
  const members = new Map([...known].map(([key, value]) => [key, goJsonString(value, ENGINE)]));
  const config = image.optionalObject('config');
  members.set('container_config', engineJson(containerConfig(image.raw('container_config'))));
  if (config) members.set('config', engineJson(containerConfig(image.raw('config'))));
  return members;
}

/** Engine 20.10 is built with a Go of before 1.22. */
const ENGINE = { escapeHtml: true, oldEscapes: true } as const;

function engineJson(value: OrderedJson): string {
  return goJson(value, ENGINE);
}

function withoutEmpty(
  members: readonly (readonly [string, string | undefined])[],
): Map<string, string> {
  return new Map(
    members.flatMap(([key, value]): [string, string][] => (value ? [[key, value]] : [])),
  );
}

/** A time as Go writes it, whatever there is. */
function goTime(time: string | undefined): string {
  return formatTimestamp(parseTimestamp(time ?? '') ?? ZERO_TIME);
}

function isOlderThan(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  for (const [i, bound] of than.entries()) {
    const part = parts[i] ?? 0;
    if (part !== bound) return part < bound;
  }
  return false;
}
