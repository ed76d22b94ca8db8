import {
  goBool,
  goInt,
  goString,
  goStrings,
  goStruct,
  NIL,
  type GoField,
  type GoStruct,
  type GoValue,
} from '../../template/go-value';
import { clientFields, type ClientVersion } from './client-version';
import { ENGINE_VERSION } from './engine-version';
import { INDEX_SERVER, REGISTRY_CONFIG } from './registry-config';

/** What is here of what an engine would tell. */
export interface SystemFacts {
  readonly client: ClientVersion;
  readonly images: number;
  /** Lines of the storage driver. */
  readonly storage: readonly (readonly [string, string])[];
}

/**
 * The document of `docker info` in its order; what has no meaning without an engine is empty, as where the client finds none.
 * https://github.com/moby/moby/blob/v28.2.2/api/types/system/info.go
 */
export function infoDocument(facts: SystemFacts): GoStruct {
  return goStruct('system.dockerInfo', [
    ...contentFields(facts),
    ...KERNEL_FIELDS,
    ...hostFields(facts),
    ...RUNTIME_FIELDS,
    ['ClientInfo', clientInfo(facts.client)],
    ['ClientErrors', nothing('[]string')],
  ]);
}

const text = (names: string): GoField[] => fields(names, goString(''));
const zero = (names: string): GoField[] => fields(names, goInt(0));
const no = (names: string): GoField[] => fields(names, goBool(false));

function fields(names: string, value: GoValue): GoField[] {
  return names.split(' ').map((name) => [name, value]);
}

const nothing = (type: string): GoValue => ({ kind: 'slice', items: null, type });
const noMap = (type: string): GoValue => ({ kind: 'map', entries: null, type, zero: NIL });

/** What kernels call the machines of an architecture, where that is not its name. */
const MACHINES: ReadonlyMap<string, string> = new Map([
  ['amd64', 'x86_64'],
  ['386', 'i686'],
  ['arm64', 'aarch64'],
  ['arm', 'armv7l'],
  ['loong64', 'loongarch64'],
  ['mips64le', 'mips64'],
]);

/** The machine as `docker info` names it: not by Go's word but by that of `uname -m`. */
export function machineOf({ arch }: ClientVersion): string {
  return MACHINES.get(arch) ?? arch;
}

/** What is stored, and how. */
function contentFields({ images, storage }: SystemFacts): GoField[] {
  const plugins = fields('Volume Network Authorization Log', nothing('[]string'));
  return [
    ...text('ID'),
    ...zero('Containers ContainersRunning ContainersPaused ContainersStopped'),
    ['Images', goInt(images)],
    ['Driver', goString('drydock')],
    ['DriverStatus', driverStatus(storage)],
    ['Plugins', goStruct('system.PluginsInfo', plugins)],
  ];
}

/** What a kernel can limit, and what an engine counts. */
const KERNEL_FIELDS: readonly GoField[] = [
  ...no('MemoryLimit SwapLimit CpuCfsPeriod CpuCfsQuota CPUShares CPUSet PidsLimit'),
  ...no('IPv4Forwarding Debug'),
  ...zero('NFd'),
  ...no('OomKillDisable'),
  ...zero('NGoroutines'),
  ...text('SystemTime LoggingDriver CgroupDriver'),
  ...zero('NEventsListener'),
];

/** The machine, and its way out. */
function hostFields({ client }: SystemFacts): GoField[] {
  return [
    ...text('KernelVersion OperatingSystem OSVersion'),
    ['OSType', goString(client.os)],
    ['Architecture', goString(machineOf(client))],
    ['IndexServerAddress', goString(INDEX_SERVER)],
    ['RegistryConfig', REGISTRY_CONFIG],
    ...zero('NCPU MemTotal'),
    ['GenericResources', nothing('[]swarm.GenericResource')],
    ...text('DockerRootDir'),
    ['HTTPProxy', goString(''), 'HttpProxy'],
    ['HTTPSProxy', goString(''), 'HttpsProxy'],
    ...text('NoProxy'),
    ['Name', goString(client.product)],
    ['Labels', nothing('[]string')],
  ];
}

const SWARM = goStruct('swarm.Info', [
  ...text('NodeID NodeAddr LocalNodeState'),
  ...no('ControlAvailable'),
  ...text('Error'),
  ['RemoteManagers', nothing('[]swarm.Peer')],
]);

/** What would run containers. */
const RUNTIME_FIELDS: readonly GoField[] = [
  ...no('ExperimentalBuild'),
  ['ServerVersion', goString(ENGINE_VERSION)],
  ['Runtimes', noMap('map[string]system.RuntimeWithStatus')],
  ...text('DefaultRuntime'),
  ['Swarm', SWARM],
  ...no('LiveRestoreEnabled'),
  ...text('Isolation InitBinary'),
  ...fields('ContainerdCommit RuncCommit InitCommit', goStruct('system.Commit', text('ID'))),
  ...fields('SecurityOptions CDISpecDirs Warnings ServerErrors', nothing('[]string')),
  ...text('UserName'),
];

function driverStatus(storage: SystemFacts['storage']): GoValue {
  const items = storage.map((pair) => goStrings(pair, '[2]string'));
  return { kind: 'slice', items, type: '[][2]string' };
}

function clientInfo(client: ClientVersion): GoValue {
  const to = goStruct('system.clientInfo', [
    ...no('Debug'),
    ...clientFields(client),
    ['Plugins', { kind: 'slice', items: [], type: '[]manager.Plugin' }],
    ['Warnings', nothing('[]string')],
  ]);
  return { kind: 'pointer', to, type: '*system.clientInfo' };
}
