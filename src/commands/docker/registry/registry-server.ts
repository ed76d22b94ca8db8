import { engineError } from '../../errors';

/** What docker's client calls Docker Hub where one logs in. */
export const HUB_SERVER = 'https://index.docker.io/v1/';
const HUB = 'docker.io';
const HUB_NAMES: ReadonlySet<string> = new Set([HUB, 'index.docker.io']);

/** A registry as `docker login` takes it. */
export interface RegistryServer {
  /** As a reference has it: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** As docker's client shows it. */
  readonly shown: string;
}

/** The server that an operand names; Docker Hub without one. Schemes and paths do not count. */
export function registryServer(text: string): RegistryServer {
  if (text === '') return { registry: HUB, shown: HUB_SERVER };
  const host = text.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return { registry: HUB_NAMES.has(host) ? HUB : host, shown: host };
}

/** Throws what the engine says of a server that is none. */
export function checkServer({ registry }: RegistryServer): void {
  const url = `https://${registry}`;
  const wrong = /[^\w.:[\]%~-]/.exec(registry)?.[0];
  if (wrong === undefined && URL.canParse(url) && new URL(url).username === '') return;
  const problem =
    wrong === undefined
      ? 'invalid host name'
      : `invalid character ${JSON.stringify(wrong)} in host name`;
  throw engineError(`unable to parse server address: parse ${JSON.stringify(url)}: ${problem}`);
}
