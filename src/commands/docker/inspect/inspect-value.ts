import type { OrderedJson } from '../../../image/go-json';
import {
  goBool,
  goInt,
  goString,
  goStringMap,
  goStrings,
  NIL,
  type GoStruct,
  type GoValue,
} from '../../template/go-value';
import { goDuration } from '../../template/go-duration';
import { goTime } from '../../template/go-time';

type Members = ReadonlyMap<string, OrderedJson>;

/**
 * An image that the engine described, as the client's own types hold it: what a template sees first. Of the configuration these know only
 * what OCI and docker share. https://github.com/moby/moby/blob/v28.2.2/api/types/image/image_inspect.go
 */
export function inspectValue(json: OrderedJson): GoStruct {
  const member = reader(json);
  const text = (name: string): [string, GoValue] => [name, goString(textOf(member(name)))];
  const fields = new Map<string, GoValue>([
    ['ID', goString(textOf(member('Id')))],
    ['RepoTags', goStrings(stringsOf(member('RepoTags')))],
    ['RepoDigests', goStrings(stringsOf(member('RepoDigests')))],
    text('Parent'),
    text('Comment'),
    text('Created'),
    text('Container'),
    ['ContainerConfig', pointer(containerConfig(member('ContainerConfig')), '*container.Config')],
    text('DockerVersion'),
    text('Author'),
    ['Config', config(member('Config'))],
    text('Architecture'),
    text('Variant'),
    text('Os'),
    text('OsVersion'),
    ['Size', goInt(numberOf(member('Size')), 'int64')],
    ['VirtualSize', goInt(numberOf(member('VirtualSize')), 'int64')],
    ['GraphDriver', graphDriver(member('GraphDriver'))],
    ['RootFS', rootFs(member('RootFS'))],
    ['Metadata', metadata(member('Metadata'))],
    ['Descriptor', { kind: 'pointer', to: null, type: '*v1.Descriptor' }],
    ['Manifests', { kind: 'slice', items: null, type: '[]image.ManifestSummary' }],
  ]);
  return { kind: 'struct', type: 'image.InspectResponse', fields, toJson: () => typedJson(json) };
}

/** The client leaves out a container that there is none, and writes its own configuration. */
function typedJson(json: OrderedJson): OrderedJson {
  const members = [...membersOf(json)].filter(
    ([name, value]) => name !== 'Container' || value !== '',
  );
  return new Map(
    members.map(([name, value]) => [
      name,
      name === 'Config' && value !== null ? configJson(value) : value,
    ]),
  );
}

const CONFIG_ORDER = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'ArgsEscaped',
  'Healthcheck',
  'OnBuild',
  'Shell',
] as const;

function configJson(json: OrderedJson): OrderedJson {
  const member = reader(json);
  return new Map(
    CONFIG_ORDER.map((name) => [name, member(name)] as const).filter(
      ([, value]) => value !== undefined && !isEmpty(value),
    ) as [string, OrderedJson][],
  );
}

function isEmpty(value: OrderedJson): boolean {
  if (value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && membersOf(value).size === 0;
}

function config(json: OrderedJson | undefined): GoValue {
  const type = '*v1.DockerOCIImageConfig';
  if (json === undefined || json === null) return { kind: 'pointer', to: null, type };
  const member = reader(json);
  const own: [string, GoValue][] = [
    ['User', goString(textOf(member('User')))],
    ['ExposedPorts', goSet(member('ExposedPorts'))],
    ['Env', goStrings(stringsOf(member('Env')))],
    ['Entrypoint', goStrings(stringsOf(member('Entrypoint')))],
    ['Cmd', goStrings(stringsOf(member('Cmd')))],
    ['Volumes', goSet(member('Volumes'))],
    ['WorkingDir', goString(textOf(member('WorkingDir')))],
    ['Labels', goStringMap(textMap(member('Labels')))],
    ['StopSignal', goString(textOf(member('StopSignal')))],
    ['ArgsEscaped', goBool(member('ArgsEscaped') === true)],
  ];
  const docker: [string, GoValue][] = [
    ['Healthcheck', healthcheck(member('Healthcheck'), '*v1.HealthcheckConfig')],
    ['OnBuild', goStrings(stringsOf(member('OnBuild')))],
    ['Shell', goStrings(stringsOf(member('Shell')))],
  ];
  const toJson = () => configJson(json);
  const part = (name: string, fields: [string, GoValue][]): [string, GoValue] => [
    name,
    { kind: 'struct', type: `v1.${name}`, fields: new Map(fields), toJson },
  ];
  return pointer(
    {
      kind: 'struct',
      type: type.slice(1),
      fields: new Map([part('ImageConfig', own), part('DockerOCIImageConfigExt', docker)]),
      promoted: new Map([...own, ...docker]),
      toJson,
    },
    type,
  );
}

function containerConfig(json: OrderedJson | undefined): GoStruct | null {
  if (json === undefined || json === null) return null;
  const member = reader(json);
  const text = (name: string): [string, GoValue] => [name, goString(textOf(member(name)))];
  const flag = (name: string): [string, GoValue] => [name, goBool(member(name) === true)];
  const list = (name: string, type: string): [string, GoValue] => [
    name,
    goStrings(stringsOf(member(name)), type),
  ];
  const timeout = member('StopTimeout');
  const fields = new Map<string, GoValue>([
    ...['Hostname', 'Domainname', 'User'].map(text),
    ...['AttachStdin', 'AttachStdout', 'AttachStderr'].map(flag),
    ['ExposedPorts', goSet(member('ExposedPorts'), 'nat.PortSet')],
    ...['Tty', 'OpenStdin', 'StdinOnce'].map(flag),
    list('Env', '[]string'),
    list('Cmd', 'strslice.StrSlice'),
    ['Healthcheck', healthcheck(member('Healthcheck'), '*v1.HealthcheckConfig')],
    flag('ArgsEscaped'),
    text('Image'),
    ['Volumes', goSet(member('Volumes'))],
    text('WorkingDir'),
    list('Entrypoint', 'strslice.StrSlice'),
    flag('NetworkDisabled'),
    text('MacAddress'),
    list('OnBuild', '[]string'),
    ['Labels', goStringMap(textMap(member('Labels')))],
    text('StopSignal'),
    ['StopTimeout', typeof timeout === 'number' ? goInt(timeout) : NIL],
    list('Shell', 'strslice.StrSlice'),
  ]);
  return { kind: 'struct', type: 'container.Config', fields, toJson: () => json };
}

function healthcheck(json: OrderedJson | undefined, type: string): GoValue {
  if (json === undefined || json === null) return { kind: 'pointer', to: null, type };
  const member = reader(json);
  const duration = (name: string): [string, GoValue] => [name, goDuration(numberOf(member(name)))];
  const fields = new Map<string, GoValue>([
    ['Test', goStrings(stringsOf(member('Test')))],
    ...['Interval', 'Timeout', 'StartPeriod', 'StartInterval'].map(duration),
    ['Retries', goInt(numberOf(member('Retries')))],
  ]);
  return pointer({ kind: 'struct', type: type.slice(1), fields, toJson: () => json }, type);
}

function graphDriver(json: OrderedJson | undefined): GoValue {
  const member = reader(json ?? null);
  const fields = new Map<string, GoValue>([
    ['Data', goStringMap(null)],
    ['Name', goString(textOf(member('Name')))],
  ]);
  return { kind: 'struct', type: 'storage.DriverData', fields, toJson: () => json ?? null };
}

function rootFs(json: OrderedJson | undefined): GoValue {
  const member = reader(json ?? null);
  const fields = new Map<string, GoValue>([
    ['Type', goString(textOf(member('Type')))],
    ['Layers', goStrings(stringsOf(member('Layers')))],
  ]);
  return { kind: 'struct', type: 'image.RootFS', fields, toJson: () => json ?? null };
}

function metadata(json: OrderedJson | undefined): GoValue {
  const fields = new Map([['LastTagTime', goTime(textOf(reader(json ?? null)('LastTagTime')))]]);
  return { kind: 'struct', type: 'image.Metadata', fields, toJson: () => json ?? null };
}

function pointer(to: GoStruct | null, type: string): GoValue {
  return { kind: 'pointer', to, type };
}

/** Go's `map[string]struct{}`. */
function goSet(json: OrderedJson | undefined, type = 'map[string]struct {}'): GoValue {
  const empty: GoStruct = {
    kind: 'struct',
    type: 'struct {}',
    fields: new Map(),
    toJson: () => new Map<string, OrderedJson>(),
  };
  const isSet = json !== undefined && json !== null;
  const entries = isSet ? new Map([...membersOf(json).keys()].map((key) => [key, empty])) : null;
  return { kind: 'map', entries, type, zero: empty };
}

function membersOf(json: OrderedJson): Members {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  return new Map(isObject ? (json as Iterable<[string, OrderedJson]>) : []);
}

function reader(json: OrderedJson): (name: string) => OrderedJson | undefined {
  const members = membersOf(json);
  return (name) => members.get(name);
}

function textOf(json: OrderedJson | undefined): string {
  return typeof json === 'string' ? json : '';
}

function numberOf(json: OrderedJson | undefined): number {
  return typeof json === 'number' ? json : 0;
}

function stringsOf(json: OrderedJson | undefined): readonly string[] | null {
  return Array.isArray(json) ? (json as readonly OrderedJson[]).map(textOf) : null;
}

function textMap(json: OrderedJson | undefined): ReadonlyMap<string, string> | null {
  if (json === undefined || json === null) return null;
  return new Map([...membersOf(json)].map(([key, value]) => [key, textOf(value)]));
}
