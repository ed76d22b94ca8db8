import { dockerSize } from '../../../base/human-size';
import type { Call, Command, CommandContext } from '../../command';
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
import { clientFields, clientVersion, DOCKER_VERSION, type ClientVersion } from './client-version';
import { DOCUMENT_FORMAT, writeDocument } from '../document-format';
import { ENGINE_VERSION } from './engine-version';
import { allImages } from '../images/stored-images';

/** `docker info`: what is here of what an engine would tell. */
export const info: Command = {
  paths: ['docker system info', 'docker info'],
  operands: '[OPTIONS]',
  summary: 'Display system-wide information',
  aliases: ['docker system info', 'docker info'],
  rule: { kind: 'none' },
  flags: [DOCUMENT_FORMAT],
  run,
};

interface Facts {
  readonly client: ClientVersion;
  readonly images: number;
  /** Lines of the storage driver. */
  readonly storage: readonly (readonly [string, string])[];
}

async function run({ flags }: Call, context: CommandContext): Promise<number> {
  const format = flags.string('format');
  const { usage, quota } = await context.store.usage();
  const facts: Facts = {
    client: clientVersion(context),
    images: (await allImages(context)).length,
    storage: [
      ['Stored', dockerSize(usage, 4)],
      ...(quota === null ? [] : ([['Quota', dockerSize(quota, 4)]] as const)),
    ],
  };
  if (format === '') context.out.write(toText(facts));
  else writeDocument(context.out, document(facts), { format });
  return 0;
}

function toText({ client, images, storage }: Facts): string {
  const { product, os, arch } = client;
  return `Client: ${product}
 Version:    ${DOCKER_VERSION}
 Context:    default
 Debug Mode: false

Server:
 Containers: 0
  Running: 0
  Paused: 0
  Stopped: 0
 Images: ${images}
 Server Version: ${ENGINE_VERSION}
 Storage Driver: drydock
${storage.map(([name, value]) => `  ${name}: ${value}\n`).join('')} OSType: ${os}
 Architecture: ${arch}
 Debug Mode: false
`;
}

const text = (names: string): GoField[] => fields(names, goString(''));
const zero = (names: string): GoField[] => fields(names, goInt(0));
const no = (names: string): GoField[] => fields(names, goBool(false));

function fields(names: string, value: GoValue): GoField[] {
  return names.split(' ').map((name) => [name, value]);
}

const nothing = (type: string): GoValue => ({ kind: 'slice', items: null, type });
const noMap = (type: string): GoValue => ({ kind: 'map', entries: null, type, zero: NIL });
const noPointer = (type: string): GoValue => ({ kind: 'pointer', to: null, type });

/**
 * The client's document in its order; what has no meaning without an engine is empty, as where the client finds none.
 * https://github.com/moby/moby/blob/v28.2.2/api/types/system/info.go
 */
function document({ client, images, storage }: Facts): GoStruct {
  return goStruct('system.dockerInfo', [
    ...text('ID'),
    ...zero('Containers ContainersRunning ContainersPaused ContainersStopped'),
    ['Images', goInt(images)],
    ['Driver', goString('drydock')],
    ['DriverStatus', driverStatus(storage)],
    [
      'Plugins',
      goStruct(
        'system.PluginsInfo',
        fields('Volume Network Authorization Log', nothing('[]string')),
      ),
    ],
    ...no('MemoryLimit SwapLimit CpuCfsPeriod CpuCfsQuota CPUShares CPUSet PidsLimit'),
    ...no('IPv4Forwarding Debug'),
    ...zero('NFd'),
    ...no('OomKillDisable'),
    ...zero('NGoroutines'),
    ...text('SystemTime LoggingDriver CgroupDriver'),
    ...zero('NEventsListener'),
    ...text('KernelVersion OperatingSystem OSVersion'),
    ['OSType', goString(client.os)],
    ['Architecture', goString(client.arch)],
    ...text('IndexServerAddress'),
    ['RegistryConfig', noPointer('*registry.ServiceConfig')],
    ...zero('NCPU MemTotal'),
    ['GenericResources', nothing('[]swarm.GenericResource')],
    ...text('DockerRootDir'),
    ['HTTPProxy', goString(''), 'HttpProxy'],
    ['HTTPSProxy', goString(''), 'HttpsProxy'],
    ...text('NoProxy'),
    ['Name', goString(client.product)],
    ['Labels', nothing('[]string')],
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
    ['ClientInfo', clientInfo(client)],
    ['ClientErrors', nothing('[]string')],
  ]);
}

const SWARM = goStruct('swarm.Info', [
  ...text('NodeID NodeAddr LocalNodeState'),
  ...no('ControlAvailable'),
  ...text('Error'),
  ['RemoteManagers', nothing('[]swarm.Peer')],
]);

function driverStatus(storage: Facts['storage']): GoValue {
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
