import { alignTabs } from '../../shell/table';
import {
  goBool,
  goString,
  goStringMap,
  goStruct,
  isTrue,
  type GoField,
  type GoStruct,
  type GoValue,
} from '../../template/go-value';
import { API_VERSION, type ClientVersion } from './client-version';

/** The version of docker's engine that answers are like. */
export const ENGINE_VERSION = '20.10.24';
const MIN_API_VERSION = '1.12';

/** The engine's part of `docker version`: Drydock stands in its place. */
export function engineText({ product, os, arch }: ClientVersion): string {
  const lines = [
    ['Version', ENGINE_VERSION],
    ['API version', `${API_VERSION} (minimum version ${MIN_API_VERSION})`],
    ['OS/Arch', `${os}/${arch}`],
    ['Experimental', 'false'],
  ].map(([name = '', value = '']) => `  ${name}:\t${value}\n`);
  const table = alignTabs(lines.join(''), { minWidth: 20, padding: 1 });
  return `Server: ${product}\n Engine:\n${table}`;
}

/**
 * The same as a template and JSON have it; what has no meaning here is empty.
 * https://github.com/moby/moby/blob/v28.2.2/api/types/types.go (Version)
 */
export function engineStruct({ product, os, arch }: ClientVersion): GoStruct {
  const fields: readonly GoField[] = [
    ['Platform', goStruct('struct { Name string }', [['Name', goString(product)]])],
    ['Components', components({ os, arch })],
    ['Version', goString(ENGINE_VERSION)],
    ['APIVersion', goString(API_VERSION), 'ApiVersion'],
    ['MinAPIVersion', goString(MIN_API_VERSION)],
    ['GitCommit', goString('')],
    ['GoVersion', goString('')],
    ['Os', goString(os)],
    ['Arch', goString(arch)],
    ['KernelVersion', goString('')],
    ['Experimental', goBool(false)],
    ['BuildTime', goString('')],
  ];
  const told = fields.filter(([name, value]) => isTrue(value) || !LEFT_OUT_EMPTY.has(name));
  return { ...goStruct('types.Version', fields), toJson: goStruct('types.Version', told).toJson };
}

/** What JSON has not got where it is empty. */
const LEFT_OUT_EMPTY: ReadonlySet<string> = new Set(['KernelVersion', 'Experimental', 'BuildTime']);

function components({ os, arch }: Pick<ClientVersion, 'os' | 'arch'>): GoValue {
  const details = new Map([
    ['ApiVersion', API_VERSION],
    ['Arch', arch],
    ['Experimental', 'false'],
    ['MinAPIVersion', MIN_API_VERSION],
    ['Os', os],
  ]);
  const engine = goStruct('types.ComponentVersion', [
    ['Name', goString('Engine')],
    ['Version', goString(ENGINE_VERSION)],
    ['Details', goStringMap(details)],
  ]);
  return { kind: 'slice', items: [engine], type: '[]types.ComponentVersion' };
}
