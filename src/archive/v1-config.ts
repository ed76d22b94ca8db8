import type { JsonValue } from '../base/errors';
import { decodeUtf8, encodeUtf8 } from '../base/bytes';
import type { Digest } from '../oci/digest';
import { Fields, isObject, parseJson, type JsonObject } from '../oci/json';
import { compactGoJson, goJson, rawMembers } from './go-json';

/** The history and diff IDs of an image of docker 1.9 or older and of all its parents, base first. */
export interface V1Chain {
  readonly diffIds: readonly Digest[];
  readonly history: readonly JsonObject[];
}

/** The step of the history that one v1 image is: engines keep no others. */
export function historyOfV1(image: Fields): JsonObject {
  const command = image.optionalObject('container_config')?.strings('Cmd') ?? [];
  return withoutEmpty({
    created: goTime(image.optionalString('created')),
    author: image.optionalString('author') ?? '',
    created_by: command.join(' '),
    comment: image.optionalString('comment') ?? '',
  });
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
  const image = new Fields(parseJson(bytes, { what }), what);
  const isOld = isOlderThan(image.optionalString('docker_version') ?? '', [1, 8, 3]);
  const members = isOld ? knownMembers(image) : rawMembers(decodeUtf8(bytes) ?? '');
  for (const key of DROPPED) members.delete(key);
  members.set('rootfs', goJson({ type: 'layers', diff_ids: diffIds }));
  members.set('history', goJson(history));
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = sorted.map(([key, json]) => `${goJson(key)}:${compactGoJson(json)}`);
  return encodeUtf8(`{${text.join(',')}}`);
}

/** An engine passes images of docker before 1.8.3 through its own type, which keeps what it knows and fills in the rest. */
function knownMembers(image: Fields): Map<string, string> {
  const text = (key: string): string => image.optionalString(key) ?? '';
  const config = image.optionalObject('config');
  const known = withoutEmpty({
    comment: text('comment'),
    created: goTime(image.optionalString('created')),
    container: text('container'),
    docker_version: text('docker_version'),
    author: text('author'),
    architecture: text('architecture'),
    variant: text('variant'),
    os: text('os'),
  });
  const members = new Map(Object.entries(known).map(([key, value]) => [key, goJson(value)]));
  members.set(
    'container_config',
    goJson(containerConfig(image.optionalObject('container_config'))),
  );
  if (config) members.set('config', goJson(containerConfig(config)));
  return members;
}

/** An engine's container.Config (20.10), in the order of its fields. */
function containerConfig(fields: Fields | undefined): JsonObject {
  const text = (key: string): string => fields?.optionalString(key) ?? '';
  const flag = (key: string): boolean => fields?.boolean(key) ?? false;
  const raw = (key: string): JsonValue => fields?.raw(key) ?? null;
  const optional = (key: string): JsonObject => (raw(key) ? { [key]: raw(key) } : {});
  return {
    Hostname: text('Hostname'),
    Domainname: text('Domainname'),
    User: text('User'),
    AttachStdin: flag('AttachStdin'),
    AttachStdout: flag('AttachStdout'),
    AttachStderr: flag('AttachStderr'),
    ...sortedMap('ExposedPorts', raw('ExposedPorts'), { omitEmpty: true }),
    Tty: flag('Tty'),
    OpenStdin: flag('OpenStdin'),
    StdinOnce: flag('StdinOnce'),
    Env: raw('Env'),
    Cmd: words(raw('Cmd')),
    ...optional('Healthcheck'),
    ...optional('ArgsEscaped'),
    Image: text('Image'),
    ...sortedMap('Volumes', raw('Volumes'), { omitEmpty: false }),
    WorkingDir: text('WorkingDir'),
    Entrypoint: words(raw('Entrypoint')),
    ...optional('NetworkDisabled'),
    ...optional('MacAddress'),
    OnBuild: raw('OnBuild'),
    ...sortedMap('Labels', raw('Labels'), { omitEmpty: false }),
    ...optional('StopSignal'),
    ...(raw('StopTimeout') === null ? {} : { StopTimeout: raw('StopTimeout') }),
    ...optional('Shell'),
  };
}

/** Go's strslice: a list of words, or one word alone. */
function words(value: JsonValue): JsonValue {
  return typeof value === 'string' ? [value] : value;
}

/** A map as Go writes it: by key, `null` where there is none. */
function sortedMap(
  key: string,
  value: JsonValue,
  { omitEmpty }: { readonly omitEmpty: boolean },
): JsonObject {
  if (!isObject(value)) return omitEmpty ? {} : { [key]: null };
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return omitEmpty && members.length === 0 ? {} : { [key]: Object.fromEntries(members) };
}

function withoutEmpty(members: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== ''));
}

/** A time as Go writes it: no zeros at the end of the fraction; the year 1 for none. */
function goTime(time: string | undefined): string {
  if (time === undefined) return '0001-01-01T00:00:00Z';
  return time
    .replace(/(\.\d*?)0+(?=[Zz+-])/, '$1')
    .replace(/\.(?=[Zz+-])/, '')
    .replace(/[+-]00:00$/, 'Z');
}

function isOlderThan(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  for (const [i, bound] of than.entries()) {
    const part = parts[i] ?? 0;
    if (part !== bound) return part < bound;
  }
  return false;
}
