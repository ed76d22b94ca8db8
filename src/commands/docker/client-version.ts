import type { OrderedJson } from '../../image/go-json';
import type { CommandContext } from '../command';
import { goBool, goInt, goString, type GoStruct, type GoValue } from '../template/go-value';

/** The version of docker's client whose words and texts are ours. */
export const DOCKER_VERSION = '28.2.2';
/** That of the engine which answers are like. */
const API_VERSION = '1.41';

/** What `docker version` and `docker info` say of the client, as far as it has a meaning without an engine. */
export function clientVersion({ version, platform }: CommandContext): ClientVersion {
  return {
    product: `Drydock ${version}`,
    os: platform.os,
    arch: platform.architecture,
    apiVersion: API_VERSION,
  };
}

export interface ClientVersion {
  readonly product: string;
  /** Of the images that are shown where nobody names a platform. */
  readonly os: string;
  readonly arch: string;
  readonly apiVersion: string;
}

/** The client's part of both commands' JSON; what has no meaning here is empty. */
export function clientMembers({ product, os, arch, apiVersion }: ClientVersion): OrderedJson {
  return new Map<string, OrderedJson>([
    ['Platform', new Map([['Name', product]])],
    ['Version', DOCKER_VERSION],
    ['ApiVersion', apiVersion],
    ['DefaultAPIVersion', apiVersion],
    ['GitCommit', ''],
    ['GoVersion', ''],
    ['Os', os],
    ['Arch', arch],
    ['BuildTime', ''],
    ['Context', 'default'],
  ]);
}

/** JSON as the structs of Go that it was written from: a template reads `.Client.Version`. */
export function goStructOf(members: ReadonlyMap<string, OrderedJson>, type: string): GoStruct {
  const fields = new Map([...members].map(([name, json]) => [name, goValueOf(json, name)]));
  return { kind: 'struct', type, fields, toJson: () => members };
}

function goValueOf(json: OrderedJson, name: string): GoValue {
  if (json === null) return { kind: 'pointer', to: null, type: `*${name}` };
  if (typeof json === 'boolean') return goBool(json);
  if (typeof json === 'number') return goInt(json);
  if (typeof json === 'string') return goString(json);
  if (json instanceof Map) return goStructOf(json as ReadonlyMap<string, OrderedJson>, name);
  const items = [...(json as readonly OrderedJson[])].map((each) => goValueOf(each, name));
  return { kind: 'slice', items, type: '[]string' };
}
