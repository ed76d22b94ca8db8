import { getter } from '../../template/go-method';
import {
  goBool,
  goBytes,
  goInt,
  goString,
  goStrings,
  goStruct,
  type GoField,
  type GoStruct,
  type GoValue,
} from '../../template/go-value';

/** Docker Hub's address from the days of its first API, by which clients still know it. */
export const INDEX_SERVER = 'https://index.docker.io/v1/';

/** Registries on this machine, which may be asked over plain http. */
export const INSECURE_NETWORK = '127.0.0.0/8';
const NETWORK_ADDRESS = [127, 0, 0, 0];
const NETWORK_MASK = [255, 0, 0, 0];

/**
 * What `docker info` tells of registries where nothing was set: Docker Hub, without mirrors, and this machine's own.
 * https://github.com/moby/moby/blob/v28.2.2/api/types/registry/registry.go (ServiceConfig)
 */
export const REGISTRY_CONFIG: GoValue = pointerTo('registry.ServiceConfig', [
  ['InsecureRegistryCIDRs', list('[]*registry.NetIPNet', [network(INSECURE_NETWORK)])],
  [
    'IndexConfigs',
    {
      kind: 'map',
      entries: new Map([['docker.io', dockerHub()]]),
      type: 'map[string]*registry.IndexInfo',
      zero: { kind: 'pointer', to: null, type: '*registry.IndexInfo' },
    },
  ],
  ['Mirrors', goStrings([])],
]);

function dockerHub(): GoValue {
  return pointerTo('registry.IndexInfo', [
    ['Name', goString('docker.io')],
    ['Mirrors', goStrings([])],
    ['Secure', goBool(true)],
    ['Official', goBool(true)],
  ]);
}

/** JSON and printing have a network as it is written. */
function network(text: string): GoValue {
  const fields: readonly GoField[] = [
    ['IP', named('net.IP', text.replace(/\/.*/, ''), NETWORK_ADDRESS)],
    ['Mask', named('net.IPMask', 'ff000000', NETWORK_MASK)],
  ];
  const to: GoStruct = {
    ...goStruct('registry.NetIPNet', fields),
    shown: text,
    methods: new Map([
      ['String', getter(() => goString(text))],
      ['MarshalJSON', getter(() => goBytes(JSON.stringify(text)))],
    ]),
    toJson: () => text,
  };
  return { kind: 'pointer', to, type: '*registry.NetIPNet' };
}

/** Bytes that print as what their `String` says. */
function named(type: string, shown: string, bytes: readonly number[]): GoValue {
  const items = bytes.map((byte) => goInt(byte, 'uint8'));
  const methods = new Map([['String', getter(() => goString(shown))]]);
  return { kind: 'slice', items, type, shown, methods };
}

function list(type: string, items: readonly GoValue[]): GoValue {
  return { kind: 'slice', items, type };
}

function pointerTo(type: string, fields: Parameters<typeof goStruct>[1]): GoValue {
  return { kind: 'pointer', to: goStruct(type, fields), type: `*${type}` };
}
