import type { CommandContext } from '../../command';
import { alignTabs } from '../../shell/table';
import { goString, goStruct, type GoField, type GoValue } from '../../template/go-value';

/** The version of docker's client whose words and texts are ours. */
export const DOCKER_VERSION = '28.2.2';
/** How that client was built, by which `--version` and scripts tell it. */
export const DOCKER_COMMIT = 'e6534b4';
const GO_VERSION = 'go1.24.3';
const BUILT = 'Fri May 30 12:07:14 2025';
/** What it would speak with an engine of its own age. */
const CLIENT_API_VERSION = '1.50';
/** That of the engine which answers are like, and which client and engine therefore speak. */
export const API_VERSION = '1.41';

/** What `docker version` and `docker info` say of the client, as far as it has a meaning here. */
export interface ClientVersion {
  readonly product: string;
  /** Of the images that are shown where nobody names a platform. */
  readonly os: string;
  readonly arch: string;
}

export function clientVersion({ version, platform }: CommandContext): ClientVersion {
  return { product: `Drydock ${version}`, os: platform.os, arch: platform.architecture };
}

/** The client's part of `docker version`. */
export function clientText({ product, os, arch }: ClientVersion): string {
  const lines = [
    ['Version', DOCKER_VERSION],
    ['API version', `${API_VERSION} (downgraded from ${CLIENT_API_VERSION})`],
    ['Go version', GO_VERSION],
    ['Git commit', DOCKER_COMMIT],
    ['Built', BUILT],
    ['OS/Arch', `${os}/${arch}`],
    ['Context', 'default'],
  ].map(([name = '', value = '']) => ` ${name}:\t${value}\n`);
  return `Client: ${product}\n${alignTabs(lines.join(''), { minWidth: 20, padding: 1 })}`;
}

/** What both commands hold of the client, as a template and JSON have it. */
export function clientFields({ product, os, arch }: ClientVersion): readonly GoField[] {
  return [
    ['Platform', platformOf(product, '*system.platformInfo')],
    ['Version', goString(DOCKER_VERSION)],
    ['APIVersion', goString(API_VERSION), 'ApiVersion'],
    ['DefaultAPIVersion', goString(CLIENT_API_VERSION)],
    ['GitCommit', goString(DOCKER_COMMIT)],
    ['GoVersion', goString(GO_VERSION)],
    ['Os', goString(os)],
    ['Arch', goString(arch)],
    ['BuildTime', goString(BUILT)],
    ['Context', goString('default')],
  ];
}

function platformOf(name: string, type: string): GoValue {
  return { kind: 'pointer', to: goStruct(type.slice(1), [['Name', goString(name)]]), type };
}
