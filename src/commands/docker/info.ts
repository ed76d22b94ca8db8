import { isCoded } from '../../base/errors';
import { dockerSize } from '../../base/human-size';
import { goJson, type OrderedJson } from '../../image/go-json';
import type { Call, Command, CommandContext } from '../command';
import { CommandError } from '../errors';
import { Template } from '../template/template';
import {
  clientMembers,
  clientVersion,
  DOCKER_VERSION,
  goStructOf,
  type ClientVersion,
} from './client-version';
import { INSPECT_FORMAT_HELP, PARSE_EXIT_CODE, templateError } from './formatter';
import { allImages } from './stored-images';

/** `docker info`: what is here of what an engine would tell. */
export const info: Command = {
  paths: ['docker system info', 'docker info'],
  operands: '[OPTIONS]',
  summary: 'Display system-wide information',
  aliases: ['docker system info', 'docker info'],
  rule: { kind: 'none' },
  flags: [
    {
      name: 'format',
      shorthand: 'f',
      kind: 'string',
      help: INSPECT_FORMAT_HELP,
      values: ['json'],
    },
  ],
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
  const template = format === '' || format === 'json' ? undefined : parse(format);
  const { usage, quota } = await context.store.usage();
  const facts: Facts = {
    client: clientVersion(context),
    images: (await allImages(context)).length,
    storage: [
      ['Stored', dockerSize(usage, 4)],
      ...(quota === null ? [] : ([['Quota', dockerSize(quota, 4)]] as const)),
    ],
  };
  const text = template
    ? `${execute(template, facts)}\n`
    : format === 'json'
      ? `${goJson(members(facts))}\n`
      : toText(facts);
  context.out.write(text);
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
 Storage Driver: drydock
${storage.map(([name, value]) => `  ${name}: ${value}\n`).join('')} OSType: ${os}
 Architecture: ${arch}
 Debug Mode: false
`;
}

/** The members of the client's JSON in its order; what has no meaning without an engine is empty, as where the client finds none. */
function members({ client, images, storage }: Facts): Map<string, OrderedJson> {
  const empty = (text: string, value: OrderedJson): [string, OrderedJson][] =>
    text.split(' ').map((name) => [name, value]);
  const nested = (entries: [string, OrderedJson][]): OrderedJson => new Map(entries);
  const commit = nested([['ID', '']]);
  return new Map<string, OrderedJson>([
    ['ID', ''],
    ...empty('Containers ContainersRunning ContainersPaused ContainersStopped', 0),
    ['Images', images],
    ['Driver', 'drydock'],
    ['DriverStatus', storage],
    ['Plugins', nested(empty('Volume Network Authorization Log', null))],
    ...empty('MemoryLimit SwapLimit CpuCfsPeriod CpuCfsQuota CPUShares CPUSet PidsLimit', false),
    ...empty('IPv4Forwarding Debug', false),
    ['NFd', 0],
    ['OomKillDisable', false],
    ['NGoroutines', 0],
    ...empty('SystemTime LoggingDriver CgroupDriver', ''),
    ['NEventsListener', 0],
    ...empty('KernelVersion OperatingSystem OSVersion', ''),
    ['OSType', client.os],
    ['Architecture', client.arch],
    ['IndexServerAddress', ''],
    ['RegistryConfig', null],
    ...empty('NCPU MemTotal', 0),
    ['GenericResources', null],
    ...empty('DockerRootDir HttpProxy HttpsProxy NoProxy', ''),
    ['Name', client.product],
    ['Labels', null],
    ['ExperimentalBuild', false],
    ['ServerVersion', ''],
    ['Runtimes', null],
    ['DefaultRuntime', ''],
    [
      'Swarm',
      nested([
        ...empty('NodeID NodeAddr LocalNodeState', ''),
        ['ControlAvailable', false],
        ['Error', ''],
        ['RemoteManagers', null],
      ]),
    ],
    ['LiveRestoreEnabled', false],
    ...empty('Isolation InitBinary', ''),
    ...empty('ContainerdCommit RuncCommit InitCommit', commit),
    ...empty('SecurityOptions CDISpecDirs Warnings', null),
    ['ClientInfo', clientMembers(client)],
  ]);
}

function parse(format: string): Template {
  try {
    return new Template(format);
  } catch (error) {
    throw templateError(error, PARSE_EXIT_CODE);
  }
}

function execute(template: Template, facts: Facts): string {
  try {
    return template.execute(goStructOf(members(facts), 'system.dockerInfo'));
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw new CommandError('usage', error.message, { cause: error });
  }
}
